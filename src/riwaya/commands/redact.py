"""``riwaya redact``: takes a person's name out of a ledger, and keeps the trail of who did so and why."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riwaya import console
from riwaya.commands.conclusions import DEFAULT_LEDGER, Json, Where, known, progress
from riwaya.commands.options import masked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riwaya.ledger import ByteStore


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(redact)


def redact(
    names: Annotated[
        list[str],
        typer.Argument(help="The name as reports write it, each spelling; - reads lines from a pipe."),
    ],
    author: Annotated[str, typer.Option(help="Who decides.")],
    reason: Annotated[str, typer.Option(help="Why, without the name: it is kept.")],
    report: Annotated[
        list[str] | None, typer.Option(help="Only in this report; may be given more than once.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be taken out; change nothing.")
    ] = False,
    move_bytes: Annotated[
        Path | None, typer.Option(help="Move kept files there, out of the ledger, instead of removing them.")
    ] = None,
    ledger: Where = DEFAULT_LEDGER,
    json: Json = False,
) -> None:
    """Take a person out of reports, claims and kept files for good; offsets and the audit trail hold."""
    from riwaya.kept import Kept
    from riwaya.ledger import open_ledger, store_of
    from riwaya.ledger.redaction import redact as redacting
    from riwaya.ledger.redaction import released, wipe

    words = [line for name in names for line in (sys.stdin.read().splitlines() if name == "-" else [name])]
    asked = [word for word in words if word.strip()]
    with open_ledger(ledger, create=False) as opened:
        found = redacting(opened, asked, author, reason, only=report or (), dry=dry_run)
        if not dry_run:  # with nothing found too: a run before may have been stopped here
            Kept(opened, known()).refresh(progress)
            put_away(released(opened), store_of(ledger), move_bytes)
            wipe(opened)
    for place in dict.fromkeys(found.elsewhere):
        console.say(f"it may still stand elsewhere: {place}")
    if json:
        print(console.dump(found.to_json()))
        return
    row = found.to_json()
    did = "would be" if dry_run else "were"
    of = f"{row['reports']:,} reports and {row['claims']:,} claims"
    files = f"{row['files']:,} kept files {did} {'moved' if move_bytes else 'removed'}"
    print(f"{masked(ledger)}: {row['characters']:,} characters of {of} {did} taken out; {files}")
    if row["other_reports_in_them"]:
        console.say(f"{row['other_reports_in_them']:,} other reports came in those files")


def put_away(files: Iterable[str], store: ByteStore | None, folder: Path | None) -> None:
    """Remove kept files, or move them out of the ledger; after the ledger has let go of them."""
    for sha256 in files:
        if not store or not store.has(sha256):
            continue
        path = store.path(sha256)
        if folder:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.move(path, folder / path.name)
        else:
            path.unlink()
