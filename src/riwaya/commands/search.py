"""The command that looks for words in the reports of a ledger."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from riwaya import console
from riwaya.commands.options import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riwaya.ledger import Hit, Page, Snippet


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(search)


def search(
    words: Annotated[
        list[str],
        typer.Argument(help='Words, "phrases", beginnings*; after --, also -what must not be there.'),
    ],
    ledger: Annotated[
        str, typer.Option("--ledger", envvar="RIWAYA_LEDGER", help="The ledger: a file or address.")
    ] = "riwaya.sqlite",
    outlet: Annotated[str, typer.Option(help="Only what this outlet published.")] = "",
    day: Annotated[str, typer.Option(help="Published then: 2024-12-08, or 2024-12-01..2024-12-08.")] = "",
    known_by: Annotated[
        str, typer.Option(help="Only what was published by then: a day (its evening) or a moment.")
    ] = "",
    newest: Annotated[bool, typer.Option("--newest", help="The newest first, not the best fitting.")] = False,
    limit: Annotated[int, typer.Option(help="How many.", min=1)] = 20,
    json: Annotated[bool, typer.Option("--json", help="JSON on stdout, one object a line.")] = False,
) -> None:
    """Look for words in titles and texts: ادلب finds إدلب, and الحديدة finds وبالحديدة."""
    from riwaya import views
    from riwaya.ledger import Asked, NothingAskedError, open_ledger

    first, dots, last = day.partition("..")
    asked = Asked(
        as_typed(words),
        outlet=outlet,
        first=moment(first, "--day"),
        last=evening(last if dots else first, "--day"),
        known_by=evening(known_by, "--known-by"),
        newest=newest,
        limit=limit,
    )
    with open_ledger(ledger, create=False) as opened:
        try:
            page = views.search(opened, asked)
        except NothingAskedError as error:
            raise typer.BadParameter(str(error), param_hint="WORDS") from None
    show(page, json=json)


def as_typed(words: list[str]) -> str:
    """The words as they were typed: an argument with white space in it was quoted, so it is a phrase."""
    return " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)


def evening(value: str, option: str) -> datetime | None:
    """A moment; a bare day means its evening."""
    found = moment(value, option)
    if found is None or len(value) > len("2024-12-08"):
        return found
    return datetime.combine(found.date(), time.max)


def show(page: Page, *, json: bool) -> None:
    """The reports found, with the words where they stand."""
    if json:
        for hit in page.hits:
            print(console.dump(hit.to_json()))
        return
    console.print_rows(
        (("published", 2), ("outlet", 3), ("found", 12), ("claims", 1), ("report", 3)), rows(page)
    )
    shown = f"; the first {len(page.hits)} are shown" if len(page.hits) < page.total else ""
    console.say(f"{page.total} report{'' if page.total == 1 else 's'}{shown}")


def rows(page: Page) -> Iterator[tuple[str, ...]]:
    """One row for each report."""
    for hit in page.hits:
        yield (
            (hit.published or "")[:10],
            hit.outlet,
            " … ".join(dict.fromkeys((hit.title, *texts(hit)))),
            str(hit.claims),
            hit.report,
        )


def texts(hit: Hit) -> Iterator[str]:
    """The snippets of a report on one line each, what was looked for in brackets."""
    for snippet in hit.snippets:
        if snippet.field == "text":
            yield " ".join(marked(snippet).split())


def marked(snippet: Snippet) -> str:
    """A snippet with brackets around what was looked for."""
    out, at = [], 0
    for mark in snippet.marks:
        start, end = mark.start - snippet.span.start, mark.end - snippet.span.start
        out += [snippet.text[at:start], "[", snippet.text[start:end], "]"]
        at = end
    return "".join([*out, snippet.text[at:]])
