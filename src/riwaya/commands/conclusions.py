"""Commands about what may be concluded: events, origins, disputes, control, changes, brief, decisions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riwaya import console
from riwaya.commands import show
from riwaya.commands.options import masked, moment

if TYPE_CHECKING:
    from riwaya.events.knowledge import Knowledge
    from riwaya.kept import Found

DEFAULT_LEDGER = "riwaya.sqlite"

Json = Annotated[bool, typer.Option("--json", help="JSON on stdout, one object a line.")]
Where = Annotated[
    str, typer.Option("--ledger", envvar="RIWAYA_LEDGER", help="The ledger: a file or address.")
]
KnownBy = Annotated[
    str, typer.Option(help="Only what was published by then: a day (its evening) or a moment.")
]
Place = Annotated[str, typer.Option(help="Only this place, by its id or its name.")]
Area = Annotated[str, typer.Option(help="Only places in this governorate or city, by id or name.")]
At = Annotated[str, typer.Option(help="The day, in the evening: 2024-12-08.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (
        events,
        origins,
        sources,
        disputes,
        control,
        changes,
        brief,
        decide,
        decisions,
        rebuild,
    ):
        app.command()(command)


def events(
    ledger: Where = DEFAULT_LEDGER,
    place: Place = "",
    area: Area = "",
    type: Annotated[
        list[str] | None, typer.Option(help="An event type; may be given more than once.")
    ] = None,
    day: Annotated[str, typer.Option(help="2024-12-08, or 2024-12-01..2024-12-08.")] = "",
    known_by: KnownBy = "",
    json: Json = False,
) -> None:
    """List what happened: claims about one happening together, with their independent origins."""
    first, last = days(day)
    with concluded(ledger, known_by) as found:
        places = found.chosen(place, area)
        show.events(found.told_events(places=places, types=type or (), first=first, last=last), json=json)


def origins(ledger: Where = DEFAULT_LEDGER, known_by: KnownBy = "", json: Json = False) -> None:
    """List who claims to know, and which reports are one telling."""
    from riwaya import views

    with concluded(ledger, known_by) as found:
        show.origins(views.voiced(found.units), found.tellings, json=json)


def sources(
    ledger: Where = DEFAULT_LEDGER,
    known_by: KnownBy = "",
    record: Annotated[
        bool, typer.Option("--record", help="Only those whose words somebody spoke of again.")
    ] = False,
    json: Json = False,
) -> None:
    """Say how often what each origin told was borne out or contradicted later, by others."""
    with concluded(ledger, known_by) as found:
        rows = (one.to_json(found.knowledge) for one in found.records())
        show.records((row for row in rows if not record or row["open"] < row["told"]), json=json)


def disputes(
    ledger: Where = DEFAULT_LEDGER,
    place: Place = "",
    open_only: Annotated[bool, typer.Option("--open", help="Without those that were settled.")] = False,
    known_by: KnownBy = "",
    json: Json = False,
) -> None:
    """List who says otherwise: the sides of every disagreement, since when, and whether it was settled."""
    with concluded(ledger, known_by) as found:
        places = found.chosen(place, "")
        show.disputes(found.told_disputes(places=places, open_only=open_only), json=json)


def control(
    at: At,
    ledger: Where = DEFAULT_LEDGER,
    known_by: KnownBy = "",
    place: Place = "",
    area: Area = "",
    json: Json = False,
) -> None:
    """Say who held what on a day, as far as it was known by a moment."""
    day = day_of(at, "--at")
    with concluded(ledger, known_by) as found:
        asked = found.named(place) if place else []
        places = found.chosen("", area)
        states = [] if place and not asked else found.control(day, asked)
        chosen = [state for state in states if places is None or state.place["id"] in places]
        labels = {id: found.knowledge.label(id, "en") for id in found.knowledge.labels}
        console.show_control(chosen, labels, json=json)


def changes(
    since: Annotated[str, typer.Option(help="When you last looked: a day (its evening) or a moment.")],
    ledger: Where = DEFAULT_LEDGER,
    known_by: KnownBy = "",
    json: Json = False,
) -> None:
    """Say what is concluded now and was not then: new events, other origins, disputes, control."""
    moment = until(since, "--since")
    assert moment
    with concluded(ledger, known_by) as now:
        show.changes(now.changes(moment), now.knowledge, json=json)


def brief(
    at: At,
    ledger: Where = DEFAULT_LEDGER,
    area: Area = "",
    known_by: KnownBy = "",
    lang: Annotated[str, typer.Option(help="ar or en.")] = "ar",
    format: Annotated[str, typer.Option(help="md or html.")] = "md",
    out: Annotated[Path | None, typer.Option(help="A file; .html or .md says the format.")] = None,
    json: Json = False,
) -> None:
    """Write one page on a day: who holds what, what happened, what is disputed; every sentence cited."""
    from riwaya.demo.areas import areas_of
    from riwaya.exports import brief as writing

    if lang not in writing.LANGUAGES:
        raise typer.BadParameter(
            f"{lang!r} is not one of {', '.join(writing.LANGUAGES)}", param_hint="--lang"
        )
    if format not in ("md", "html"):
        raise typer.BadParameter(f"{format!r} is not md or html", param_hint="--format")
    day = day_of(at, "--at")
    with concluded(ledger, known_by) as found:
        page = writing.brief(found, day, area, lang)
        chosen = out.suffix.lstrip(".") if out else format
        if json:
            print(console.dump(page.to_json()))
            return
        rings = [ring for country in page.countries for one in areas_of(country) for ring in one.rings]
        text = writing.html(page, rings) if chosen == "html" else writing.markdown(page)
        if out:
            out.write_text(text, "utf-8")
        else:
            print(text)


def decide(
    kind: Annotated[
        str, typer.Argument(help="accept, same, different, not-a-claim, correct, note or withdraw.")
    ],
    about: Annotated[list[str], typer.Argument(help="Claim ids; for withdraw a decision's id.")],
    author: Annotated[str, typer.Option(help="Who decides.")],
    field: Annotated[str, typer.Option(help="With correct: which field.")] = "",
    value: Annotated[str, typer.Option(help="With correct: ids, days or a word; several with commas.")] = "",
    note: Annotated[str, typer.Option(help="Why; kept with the decision.")] = "",
    ledger: Where = DEFAULT_LEDGER,
    json: Json = False,
) -> None:
    """Keep a person's decision about claims; it outranks every link and survives a rebuild."""
    from riwaya.events.rulings import CORRECT, DIFFERENT, FIELDS, KINDS, NOTE, ORIGIN, SAME, changes_of
    from riwaya.ledger import Query, open_ledger

    if kind not in (*KINDS, "withdraw"):
        raise typer.BadParameter(f"{kind!r} is not one of {', '.join(KINDS)}, withdraw", param_hint="KIND")
    if kind in (SAME, DIFFERENT) and len(about) < 2:
        raise typer.BadParameter("name two claims or more", param_hint="ABOUT")
    if kind == CORRECT and field not in (*FIELDS, ORIGIN):
        raise typer.BadParameter(f"{field!r} is not one of {', '.join(FIELDS)}", param_hint="--field")
    if kind == NOTE and not note:
        raise typer.BadParameter("say something", param_hint="--note")
    with open_ledger(ledger, create=False) as opened:
        if kind == "withdraw":
            standing = {str(decision["id"]) for decision in opened.decisions()}
            missing = [id for id in about if id not in standing]
        else:
            missing = [id for id in about if not any(opened.claims(Query(claim=id)))]
        if missing:
            raise typer.BadParameter(f"{missing[0]!r} is not in {masked(ledger)}", param_hint="ABOUT")
        said: dict[str, object] = {"claims": about}
        if kind == CORRECT:
            parts = value.split(",")
            said |= {"field": field, "value": parts if len(parts) > 1 else value}
            try:
                changes_of(said, known())
            except ValueError as error:
                raise typer.BadParameter(str(error), param_hint="--value") from None
        if note:
            said["note"] = note
        ids = (
            [opened.decide(kind, author, {}, withdraws=id) for id in about]
            if kind == "withdraw"
            else [opened.decide(kind, author, said)]
        )
    for id in ids:
        print(console.dump({"id": id, "kind": kind, "author": author, **said}) if json else id)


def decisions(ledger: Where = DEFAULT_LEDGER, json: Json = False) -> None:
    """List the decisions in force: who decided what, and when."""
    from riwaya.ledger import open_ledger

    with open_ledger(ledger, create=False) as opened:
        show.decisions(opened.decisions(), json=json)


@contextmanager
def concluded(ledger: str, known_by: str) -> Iterator[Found]:
    """What may be concluded from a ledger by a moment; what was added since is taken in first."""
    from riwaya.kept import Found
    from riwaya.ledger import open_ledger

    moment = until(known_by)
    with open_ledger(ledger, create=False) as opened:
        yield Found.of(opened, known(), moment, progress=progress)


def progress(done: int, of: int) -> None:
    """Say how far a long refresh has come, on a terminal."""
    if of > 100 and sys.stderr.isatty():
        print(f"\r{done} of {of} reports concluded", end="\n" if done == of else "", file=sys.stderr)


def rebuild(ledger: Where = DEFAULT_LEDGER, json: Json = False) -> None:
    """Drop every conclusion and make it again from the rows and the decisions."""
    from time import monotonic

    from riwaya.kept import Kept
    from riwaya.ledger import open_ledger

    with open_ledger(ledger, create=False) as opened:
        began = monotonic()
        Kept(opened, known()).rebuild(progress)
        count, seconds = opened.count(), round(monotonic() - began, 1)
    done = {"reports": count["reports"], "claims": count["claims"], "seconds": seconds}
    print(console.dump(done) if json else f"{count['reports']} reports concluded in {seconds} s")


def known() -> Knowledge:
    """What the packs know."""
    from riwaya.events.knowledge import Knowledge
    from riwaya.packs.pack import load_packs

    return Knowledge.of(load_packs())


def until(value: str, option: str = "--known-by") -> datetime | None:
    """A moment; a bare day means its evening."""
    found = moment(value, option)
    if found is None or len(value) > len("2024-12-08"):
        return found
    from riwaya.views import evening

    return evening(found.date())


def day_of(value: str, option: str) -> date:
    """A day as an option gives it."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"{value!r} is no day; write 2024-12-08", param_hint=option) from None


def days(value: str) -> tuple[date | None, date | None]:
    """A day, or a first and a last one with two dots between."""
    first, dots, last = value.partition("..")
    ends = [day_of(part, "--day") if part else None for part in (first, last if dots else first)]
    return ends[0], ends[1]
