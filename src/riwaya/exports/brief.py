"""A brief: one page a duty officer can send, every sentence with its citations.

Written from templates (``brief.yaml``), never freely; disagreement is stated as disagreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from html import escape
from math import cos, radians
from pathlib import Path
from typing import Any

import yaml

from riwaya.views import Conclusions, cited_claims

LANGUAGES = ("ar", "en")
WORDS = Path(__file__).with_name("brief.yaml")
MOST_EVENTS, MOST_PLACES = 25, 60
LIKELY = 0.5  # events less probable than this are only told where they are disputed
WIDTH, MARGIN = 640.0, 12.0
COLOURS = ("#2f6f4f", "#a23b3b", "#3b5fa2", "#a2803b", "#6b3ba2", "#3ba29b")

Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and the claims it rests on."""

    text: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the small map."""

    name: str
    lat: float
    lon: float
    holder: str
    contested: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A brief before it is dressed: sections of sentences, sources by claim, points of the map."""

    language: str
    title: str
    known: str
    sections: tuple[tuple[str, tuple[Sentence, ...]], ...]
    sources: Mapping[str, str]
    points: tuple[Point, ...]
    countries: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {
            "title": self.title,
            "known": self.known,
            "sections": [
                {
                    "title": title,
                    "sentences": [{"text": one.text, "claims": list(one.claims)} for one in sentences],
                }
                for title, sentences in self.sections
            ],
            "sources": dict(self.sources),
        }


@lru_cache(maxsize=1)
def words() -> Mapping[str, Mapping[str, str]]:
    """The sentences of both languages."""
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(WORDS.read_text("utf-8"))
    return found


def brief(found: Conclusions, day: date, area: str, language: str) -> Page:
    """What a day amounts to, in an area or everywhere."""
    writer = Writer(found, day, area, language)
    sections = tuple((title, tuple(told)) for title, told in writer.sections())
    cited = [claim for _, told in sections for sentence in told for claim in sentence.claims]
    says = words()[language]
    name = found.knowledge.label(writer.areas[0], language) if writer.areas else area
    title = says["title_area" if area else "title"].format(day=day.isoformat(), area=name)
    until = (
        says["known"].format(known=f"{found.known_by:%Y-%m-%d %H:%M}")
        if found.known_by
        else says["all_known"]
    )
    countries = tuple(sorted({str(state.place["id"])[:2] for state in writer.states}))
    return Page(language, title, until, sections, writer.sources(cited), tuple(writer.points()), countries)


class Writer:
    """Fills the templates of one language with the conclusions of one day."""

    def __init__(self, found: Conclusions, day: date, area: str, language: str) -> None:
        self.found, self.day, self.language = found, day, language
        self.says = words()[language]
        self.areas = found.named(area) if area else []
        self.asked = bool(area)
        self.states = [state for state in found.control(day) if self.inside(str(state.place["id"]))]

    def inside(self, place: str) -> bool:
        """Whether a place is in the area asked for."""
        return not self.asked or any(self.found.within(place, area) for area in self.areas)

    def label(self, id: str) -> str:
        """A neutral name."""
        return self.found.knowledge.label(id, self.language)

    def place(self, mention: Mapping[str, Any]) -> str:
        """A place's name."""
        return str(mention.get(f"label_{self.language}") or mention.get("name") or "")

    def sections(self) -> Iterator[tuple[str, Iterator[Sentence]]]:
        """The sections that have something to say."""
        for name, told in (
            ("control", list(self.control())),
            ("events", list(self.events())),
            ("disputes", list(self.disputes(settled=False))),
            ("settled", list(self.disputes(settled=True))),
        ):
            if told:
                yield self.says[name], iter(told)

    def control(self) -> Iterator[Sentence]:
        """Who holds what: the latest changes first."""

        def newest(state: Any) -> tuple[int, str]:
            return -(state.since or date.min).toordinal(), str(state.place["id"])

        shown = [state for state in self.states if state.holder or state.contested]
        for state in sorted(shown, key=newest)[:MOST_PLACES]:
            sides = [self.label(side) for side, share in state.standing.items() if share >= 0.25][:2]
            name = "contested" if state.contested else "holds" if state.method == "direct" else "contained"
            text = self.says[name].format(
                place=self.place(state.place),
                holder=self.label(state.holder or ""),
                sides=self.says["and"].join(sides) or "?",
                since=state.since,
                support=f"{state.support:.2f}",
            )
            yield Sentence(text, state.claims[-3:])

    def events(self) -> Iterator[Sentence]:
        """What happened that day and the day before, the best supported first."""
        chosen = [
            event
            for event in self.found.told_events(first=self.day - timedelta(days=1), last=self.day)
            if event["when"][1] <= self.day.isoformat()
            and self.inside(str((event["place"] or {}).get("id") or ""))
            and (event["support"] >= LIKELY or event["disputed"])
        ]
        chosen.sort(key=lambda event: (-len(event["origins"]), -event["support"], event["id"]))
        for event in sorted(chosen[:MOST_EVENTS], key=lambda event: (event["when"], event["id"])):
            yield Sentence(self.event(event), tuple(event["claims"][:4]))

    def event(self, event: Mapping[str, Any]) -> str:
        """One event as a sentence."""
        place, actor, target, figure = (
            self.place(event["place"] or {}),
            self.names(event["actor"]),
            self.names(event["target"]),
            self.figure(event["quantity"]),
        )
        return self.says["event_disputed" if event["disputed"] else "event"].format(
            when="–".join(dict.fromkeys(event["when"])),
            type=self.label(f"type:{event['type']}"),
            place=self.says["at"].format(place=place) if place else "",
            actor=self.says["by"].format(actor=actor) if actor else "",
            target=self.says["against"].format(target=target) if target else "",
            figure=self.says["figure"].format(figure=figure) if figure else "",
            support=f"{event['support']:.2f}",
            origins=sum(one["stance"] == "supports" for one in event["origins"]),
        )

    def names(self, mentions: Sequence[Mapping[str, Any]]) -> str:
        """Neutral names of several bodies."""
        return self.says["and"].join(self.label(str(mention["id"])) for mention in mentions)

    def figure(self, quantity: Mapping[str, Any] | None) -> str:
        """A range of numbers."""
        if not quantity:
            return ""
        low, high = quantity["min"], quantity["max"]
        ends = [str(end) for end in dict.fromkeys((low, high)) if end is not None]
        return "–".join(ends) + ("+" if high is None else "")

    def disputes(self, *, settled: bool) -> Iterator[Sentence]:
        """Who says otherwise."""
        for one in self.found.told_disputes(first=self.day - timedelta(days=7), last=self.day):
            if one["settled"] != settled or not self.inside(str(one["place"].get("id") or "")):
                continue
            sides = [
                self.says["says"].format(
                    origins=self.says["and"].join(self.origin(id) for id in side["origins"]),
                    says=self.said(side),
                )
                for side in one["sides"]
            ]
            text = self.says["settled_by" if settled else "dispute"].format(
                place=self.place(one["place"]),
                type=self.label(f"type:{one['type']}"),
                sides=self.says["or"].join(sides),
                how=self.how(one["how"]),
            )
            claims = sorted({claim for side in one["sides"] for claim in side["claims"]})
            yield Sentence(text, tuple(one["settled_by"] if settled else claims[:6]))

    def said(self, side: Mapping[str, Any]) -> str:
        """What a side of a dispute says; figures are shown as they are."""
        if not side["act"]:
            return str(side["says"])
        return self.says[f"act_{side['act']}"].format(side=self.label(side["holder"]))

    def how(self, how: str) -> str:
        """How a dispute ended."""
        first = "claimant" if how == "admitted by who claimed it" else how.split()[0] if how else ""
        return self.says[f"how_{first}"] if first else ""

    def origin(self, id: str) -> str:
        """An origin's name, or its words where the packs have none."""
        label = self.label(id)
        return label if label != id else id.split(":")[1] if ":" in id else id

    def sources(self, cited: Iterable[str]) -> dict[str, str]:
        """Each cited claim with its outlet, its day and its words, in the order of citation."""
        wanted = tuple(dict.fromkeys(cited))
        told = {one.claim["id"]: one for one in cited_claims(self.found.ledger, wanted)}
        return {
            claim: self.says["source"].format(
                outlet=told[claim].outlet or told[claim].claim["report"],
                day=told[claim].known.date(),
                words=" ".join(told[claim].claim["evidence"]["text"].split()),
            )
            for claim in wanted
            if claim in told
        }

    def points(self) -> Iterator[Point]:
        """The places of the map."""
        for state in self.states:
            lat, lon = state.place.get("lat"), state.place.get("lon")
            if lat is not None and lon is not None and (state.holder or state.contested):
                yield Point(
                    self.place(state.place), lat, lon, self.label(state.holder or ""), state.contested
                )


def markdown(page: Page) -> str:
    """A brief as Markdown; citations are footnotes."""
    number = {claim: n for n, claim in enumerate(page.sources, 1)}
    says = words()[page.language]
    lines = [f"# {page.title}", "", page.known, ""]
    for title, sentences in page.sections:
        lines += [f"## {title}", ""]
        for one in sentences:
            marks = "".join(f"[^{number[claim]}]" for claim in one.claims if claim in number)
            lines.append(f"- {one.text} {marks}".rstrip())
        lines.append("")
    if not page.sections:
        lines += [says["nothing"], ""]
    lines += [f"## {says['sources']}", ""] if page.sources else []
    lines += [f"[^{number[claim]}]: {text} `{claim}`" for claim, text in page.sources.items()]
    return "\n".join(lines) + "\n"


STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:1.6rem}sup a{text-decoration:none;padding:0 .1em}
svg{width:100%;height:auto;background:#f6f5f1}.key span{margin-inline-end:1em}ol{font-size:.85rem}
code{font-size:.8em;color:#666}@media print{body{margin:0}}"""


def html(page: Page, rings: Sequence[Ring]) -> str:
    """A brief as one page that needs nothing but itself."""
    number = {claim: n for n, claim in enumerate(page.sources, 1)}
    says = words()[page.language]
    body = [f"<h1>{escape(page.title)}</h1>", f"<p>{escape(page.known)}</p>"]
    if page.points:
        body.append(drawn(page, rings))
    for title, sentences in page.sections:
        items = "".join(f"<li>{escape(one.text)} {marks(one, number)}</li>" for one in sentences)
        body.append(f"<h2>{escape(title)}</h2><ul>{items}</ul>")
    if not page.sections:
        body.append(f"<p>{escape(says['nothing'])}</p>")
    notes = "".join(
        f'<li id="c{number[claim]}">{escape(text)} <code>{claim}</code></li>'
        for claim, text in page.sources.items()
    )
    body.append(f"<h2>{escape(says['sources'])}</h2><ol>{notes}</ol>" if notes else "")
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head += f"<title>{escape(page.title)}</title>"
    return (
        f'<!doctype html>\n<html lang="{page.language}" dir="{says["direction"]}"><head>{head}'
        f"<style>{STYLE}</style></head>\n<body>{''.join(body)}</body></html>\n"
    )


def marks(sentence: Sentence, number: Mapping[str, int]) -> str:
    """The citations behind a sentence."""
    return "".join(
        f'<sup><a href="#c{number[claim]}">{number[claim]}</a></sup>'
        for claim in sentence.claims
        if claim in number
    )


def drawn(page: Page, rings: Sequence[Ring]) -> str:
    """A small map: outlines, a dot for each place, a ring where it is contested."""
    corners = [point for ring in rings for point in ring] or [(one.lon, one.lat) for one in page.points]
    west, east = min(x for x, _ in corners), max(x for x, _ in corners)
    south, north = min(y for _, y in corners), max(y for _, y in corners)
    narrow = cos(radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / max((east - west) * narrow, 0.1)
    height = (north - south) * scale + 2 * MARGIN

    def at(lon: float, lat: float) -> tuple[float, float]:
        return (lon - west) * narrow * scale + MARGIN, (north - lat) * scale + MARGIN

    holders = sorted({one.holder for one in page.points if one.holder})
    colour = {holder: COLOURS[n % len(COLOURS)] for n, holder in enumerate(holders)}
    paths = "".join(
        f'<path d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in (at(*p) for p in ring))}Z"/>' for ring in rings
    )
    dots = "".join(
        f'<circle cx="{at(one.lon, one.lat)[0]:.1f}" cy="{at(one.lon, one.lat)[1]:.1f}" r="5" '
        f'fill="{colour.get(one.holder, "none")}" stroke="{"#b58900" if one.contested else "#fff"}" '
        f'stroke-width="{2.5 if one.contested else 1}"><title>'
        f"{escape(one.name)}: {escape(one.holder or '?')}</title></circle>"
        for one in page.points
    )
    key = "".join(
        f'<span><b style="color:{colour[holder]}">●</b> {escape(holder)}</span>' for holder in holders
    )
    label = escape(words()[page.language]["map"])
    return (
        f'<figure style="margin:0"><svg viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" '
        f'aria-label="{label}">'
        f'<g fill="#e6e3da" stroke="#b9b4a5" stroke-width=".7">{paths}</g>{dots}</svg>'
        f'<figcaption class="key">{key}</figcaption></figure>'
    )
