"""HTML of claims, events, holdings and disputes.  Whatever a report says is text, never markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from riwaya.notebook.words import Words

MOST = 50  # rows of a table; a notebook is no place for a million
# The roles whose words are marked, each with a tint that is seen on light and on dark.
TINTS: Mapping[str, str] = {
    "trigger": "#e0a80066",
    "actor": "#3b82c466",
    "target": "#c4524b66",
    "place": "#3d9a5f66",
    "toward": "#3d9a5f66",
    "time": "#8a63b866",
    "quantity": "#8a63b866",
    "chain": "#7a7a7a66",
}
BOX = "border-inline-start:3px solid #8884;padding:.2em .9em;margin:.4em 0;max-width:60em"
FAINT = "opacity:.7;font-size:.9em"


def text(words: object) -> str:
    """Any words as text, in a direction of their own."""
    return f'<bdi dir="auto">{escape(str(words))}</bdi>'


def box(body: str, words: Words) -> str:
    """Something on its own, in the direction of the language."""
    return (
        f'<div class="riwaya" lang="{words.language}" dir="{words["direction"]}" style="{BOX}">{body}</div>'
    )


def claim(said: Mapping[str, Any], words: Words, about: Mapping[str, Any] | None = None) -> str:
    """A claim: what it says, the words it stands on with every role marked, and on whose word."""
    where = "، ".join if words.language == "ar" else ", ".join
    places = where(map(words.named, said["place"]))
    days = "–".join(dict.fromkeys(said["when"] or ()))
    status = [said["status"]] if said["status"] != "happened" else []
    notes = [*status, *(["hedged"] if said["hedged"] else []), *([said["extent"]] if said["extent"] else [])]
    head = [f"<b>{escape(words.type(said['type']))}</b>", *(text(words[note]) for note in notes)]
    head += [text(one) for one in (places, days) if one]
    quoted = 'dir="rtl" lang="ar" style="margin:.3em 0;font-size:1.1em"'
    return box(
        f"<div>{' · '.join(head)}</div>"
        f"<blockquote {quoted}>{marked(said, words)}</blockquote>"
        f"<div>{chain(said, words, about)}</div>"
        f'<div style="{FAINT}">{cited(said, about)}</div>',
        words,
    )


def marked(said: Mapping[str, Any], words: Words) -> str:
    """The sentence of a claim with the words of every role marked; roles may lie within one another."""
    evidence = said["evidence"]
    start, sentence = evidence["start"], evidence["text"]
    spans = [(role, one, one["start"] - start, one["end"] - start) for role, one in roles(said)]
    inside = [(role, one, a, b) for role, one, a, b in spans if 0 <= a < b <= len(sentence)]
    edges = sorted({0, len(sentence), *(at for _, _, a, b in inside for at in (a, b))})
    out = []
    for a, b in pairwise(edges):
        here = [(role, one) for role, one, first, last in inside if first <= a and b <= last]
        piece = escape(sentence[a:b])
        if here:
            title = " · ".join(f"{words[role]}: {means(one, words)}" for role, one in here)
            tint = TINTS[here[0][0]]
            piece = f'<mark title="{escape(title)}" style="background:{tint};color:inherit">{piece}</mark>'
        out.append(piece)
    return "".join(out)


def roles(said: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Everything in a claim that stands somewhere in the text."""
    for role in TINTS:
        found = said[role]
        for one in found if isinstance(found, list) else [found] if found else []:
            yield role, one


def means(mention: Mapping[str, Any], words: Words) -> str:
    """What a marked word stands for."""
    if "id" not in mention:
        return str(mention["text"])
    return words.named(mention) if mention["id"] else words["nobody_known"]


def chain(said: Mapping[str, Any], words: Words, about: Mapping[str, Any] | None) -> str:
    """On whose word, from the outlet to the one who claims to know."""
    outlet = (about or {}).get("outlet") or words["outlet_itself"]
    arrow = " ← " if words.language == "ar" else " → "
    voices = [text(outlet), *(text(link["name"]) for link in said["chain"])]
    return f"{escape(words['word_of'])} {arrow.join(voices)}"


def cited(said: Mapping[str, Any], about: Mapping[str, Any] | None) -> str:
    """Where it can be looked up."""
    about = about or {}
    url = str(about.get("url") or "")
    parts = [text(about[name]) for name in ("title", "published") if about.get(name)]
    if url.startswith(("https://", "http://")):
        parts.append(f'<a href="{escape(url)}" rel="noopener noreferrer">{text(url)}</a>')
    at = said["evidence"]
    return " · ".join([*parts, code(f"{said['report']}[{at['start']}:{at['end']}]"), code(said["id"])])


def code(words: str) -> str:
    """An id, in the direction it is written in."""
    return f'<code dir="ltr">{escape(words)}</code>'


def event(found: Mapping[str, Any], words: Words) -> str:
    """An event: what, where, when, who, and who says so or denies it."""
    place, figure = found["place"] or {}, found["quantity"]
    head = [f"<b>{escape(words.type(found['type']))}</b>"]
    head += [text(one) for one in (words.named(place), "–".join(dict.fromkeys(found["when"]))) if one]
    if figure:
        head.append(text("–".join(dict.fromkeys(str(figure[end]) for end in ("min", "max")))))
    if found.get("disputed"):
        head.append(f"<b>{escape(words['disputed'])}</b>")
    sides = names(found["actor"], words)
    if found["target"]:
        sides += f" {escape(words['against'])} {names(found['target'], words)}"
    denies = f" ({escape(words['denies'])})"
    said = "".join(
        f"<li>{text(one['name'] or one['id'])}{denies if one['stance'] == 'denies' else ''}"
        f' <span style="{FAINT}">{escape(words["claims"])}: {len(one["claims"])}</span></li>'
        for one in found["origins"]
    )
    return box(
        f"<div>{' · '.join(head)}</div><div>{sides}</div>"
        f"<div>{escape(words['support'])} {found['support']:.2f} · {escape(words['origins'])}</div>"
        f'<ul style="margin:.2em 0">{said}</ul><div style="{FAINT}">{code(found["id"])}</div>',
        words,
    )


def names(mentions: Sequence[Mapping[str, Any]], words: Words) -> str:
    """Bodies by their neutral names."""
    return "، ".join(text(words.named(one)) for one in mentions)


def holder(held: Mapping[str, Any], words: Words) -> str:
    """Who holds a place, in words."""
    if held["contested"]:
        rivals = " / ".join(words.name(id) for id in held["standing"])
        return f"{words['contested']}: {rivals}"
    return words.name(held["holder"]) if held["holder"] else words["unknown"]


def holdings(found: Sequence[Mapping[str, Any]], words: Words) -> str:
    """Who holds which place, as a table."""
    rows = (
        (words.named(one["place"]), holder(one, words), one["since"] or "", f"{one['support']:.2f}")
        for one in found[:MOST]
    )
    return table(("place", "holder", "since", "support"), rows, len(found), words)


def dispute(found: Mapping[str, Any], words: Words) -> str:
    """A dispute: each side with who says so."""
    state = words["settled"] if found["settled"] else words["open"]
    head = [f"<b>{escape(words.type(found['type']))}</b>"]
    head += [text(one) for one in (words.named(found["place"] or {}), found["since"][:10], state) if one]
    sides = "".join(
        f"<li>{'، '.join(text(words.voice(id)) for id in side['origins'])} {escape(words['says'])} "
        f"{text(side['says'])}</li>"
        for side in found["sides"]
    )
    return box(f'<div>{" · ".join(head)}</div><ul style="margin:.2em 0">{sides}</ul>', words)


def many(shown: Sequence[str], count: int, words: Words) -> str:
    """Several things below one another, and how many are not shown."""
    if not count:
        return box(escape(words["nothing"]), words)
    return "".join(shown) + rest(count - len(shown), words)


def rest(count: int, words: Words) -> str:
    """How many are not shown."""
    return f'<div style="{FAINT}">{escape(words["more"].format(count=count))}</div>' if count > 0 else ""


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], count: int, words: Words) -> str:
    """A table in the direction of the language."""
    head = "".join(f'<th style="text-align:start">{escape(words[name])}</th>' for name in columns)
    body = ["".join(f'<td style="text-align:start">{text(cell)}</td>' for cell in row) for row in rows]
    return box(
        f"<table><thead><tr>{head}</tr></thead><tbody><tr>{'</tr><tr>'.join(body)}</tr></tbody></table>"
        + rest(count - len(body), words),
        words,
    )
