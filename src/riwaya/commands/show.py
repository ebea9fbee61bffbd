"""How conclusions are printed: tables on a terminal, tab-separated lines in a pipe, JSON on request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from riwaya.console import dump, print_rows

if TYPE_CHECKING:
    from riwaya.events.knowledge import Knowledge
    from riwaya.views import Change, Voiced


def events(found: Iterable[Mapping[str, Any]], *, json: bool) -> None:
    """Events with who says so."""
    if json:
        for event in found:
            print(dump(event))
        return
    columns = (
        ("when", 2),
        ("event", 3),
        ("place", 3),
        ("actor", 4),
        ("support", 1),
        ("origins", 6),
        ("id", 3),
    )
    print_rows(columns, map(event_row, found))


def event_row(event: Mapping[str, Any]) -> tuple[str, ...]:
    """An event as one row."""
    voices = ", ".join(
        f"{'−' if origin['stance'] == 'denies' else ''}{origin['name'] or origin['id']}"
        for origin in event["origins"]
    )
    figure = event["quantity"]
    return (
        "–".join(dict.fromkeys(event["when"])),
        event["type"] + (f" · {figure['min']}–{figure['max']}" if figure else ""),
        place_name(event["place"]),
        "، ".join(actor["label_ar"] for actor in event["actor"]),
        f"{event['support']:.2f}" + (" disputed" if event["disputed"] else ""),
        voices,
        event["id"],
    )


def place_name(place: Mapping[str, Any] | None) -> str:
    """A place's name."""
    return str(place.get("label_ar") or place.get("name") or "") if place else ""


def origins(voices: Sequence[Voiced], tellings: Sequence[tuple[str, ...]], *, json: bool) -> None:
    """Independent origins, and the groups of reports that are one telling."""
    if json:
        print(
            dump(
                {
                    "tellings": [list(group) for group in tellings],
                    "origins": [voice.to_json() for voice in voices],
                }
            )
        )
        return
    columns = (("origin", 5), ("kind", 2), ("reports", 1), ("claims", 1), ("id", 5))
    rows = (
        (voice.name, voice.kind, str(len(voice.reports)), str(len(voice.claims)), voice.id)
        for voice in voices
    )
    print_rows(columns, rows)
    if tellings:
        print_rows((("one telling", 1),), (("  ".join(group),) for group in tellings))


def records(found: Iterable[Mapping[str, Any]], *, json: bool) -> None:
    """What became of the words of each origin."""
    if json:
        for one in found:
            print(dump(one))
        return
    columns = (
        ("origin", 5),
        ("kind", 2),
        ("told", 1),
        ("borne out", 1),
        ("contradicted", 1),
        ("share", 1),
        ("would weigh", 1),
    )
    names = ("name", "kind", "told", "borne_out", "contradicted", "share", "would_weigh")
    print_rows(columns, (tuple(str(one[name]) for name in names) for one in found))


def disputes(found: Iterable[Mapping[str, Any]], *, json: bool) -> None:
    """Disagreements: each side with its origins."""
    if json:
        for dispute in found:
            print(dump(dispute))
        return
    columns = (("since", 2), ("place", 3), ("about", 2), ("sides", 12), ("settled", 4))
    rows = (
        (
            dispute["since"][:10],
            place_name(dispute["place"]),
            dispute["type"],
            " ⁄ ".join(f"{side['says']} ({', '.join(side['origins'])})" for side in dispute["sides"]),
            dispute["how"] or "open",
        )
        for dispute in found
    )
    print_rows(columns, rows)


def changes(found: Iterable[Change], knowledge: Knowledge, *, json: bool) -> None:
    """What is new."""
    if json:
        for change in found:
            print(dump(change.to_json()))
        return
    columns = (("change", 2), ("place", 3), ("what", 4), ("before", 4), ("after", 4))
    print_rows(columns, (change_row(change, knowledge) for change in found))


def change_row(change: Change, knowledge: Knowledge) -> tuple[str, ...]:
    """A change as one row."""
    place: Mapping[str, Any] = change.what.get("place") or {}
    what = str(change.what.get("type") or "control")
    name = str(place.get("label_ar") or place.get("name") or "")
    return (
        change.kind,
        name,
        what,
        brief_state(change.before, knowledge),
        brief_state(change.after, knowledge),
    )


def brief_state(state: Any, knowledge: Knowledge) -> str:
    """A state or a number before or after a change."""
    if not state:
        return ""
    if "holder" in state:
        holder = "contested" if state["contested"] else knowledge.label(state["holder"] or "", "en") or "?"
        return f"{holder} {state['support']:.2f}"
    return " ".join(f"{name} {value}" for name, value in state.items())


def decisions(found: Iterable[Mapping[str, Any]], *, json: bool) -> None:
    """Decisions in force."""
    if json:
        for one in found:
            made = {"id": one["id"], "kind": one["kind"], "author": one["author"]}
            print(dump(made | {"made_at": one["made_at"].isoformat(), **one["payload"]}))
        return
    columns = (("made", 3), ("author", 3), ("decision", 2), ("about", 8), ("id", 3))
    rows = (
        (
            f"{one['made_at']:%Y-%m-%d %H:%M}",
            one["author"],
            one["kind"],
            " ".join(map(str, one["payload"].values())),
            one["id"],
        )
        for one in found
    )
    print_rows(columns, rows)
