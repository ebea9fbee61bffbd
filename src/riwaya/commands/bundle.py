"""Commands about packages that can be checked: out of one ledger, into another."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from riwaya import console
from riwaya.commands.conclusions import DEFAULT_LEDGER, Json, KnownBy, Where, days, until
from riwaya.commands.options import command_line, masked

Place = Annotated[str, typer.Option(help="A place, by its id or its name.")]
Actor = Annotated[str, typer.Option(help="Who acts or is acted upon, by id or name.")]
Types = Annotated[list[str] | None, typer.Option(help="A claim type; may be given more than once.")]
Origin = Annotated[str, typer.Option(help="On whose word, by id or name.")]
Days = Annotated[str, typer.Option(help="The days it is about: 2024-12-01..2024-12-08.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(bundle)
    app.command()(unbundle)


def bundle(
    out: Annotated[Path, typer.Argument(help="The bundle: a zip file.")],
    ledger: Where = DEFAULT_LEDGER,
    place: Place = "",
    actor: Actor = "",
    type: Types = None,
    origin: Origin = "",
    day: Days = "",
    known_by: KnownBy = "",
    bytes: Annotated[bool, typer.Option(help="Take the files along as they were received.")] = True,
    decisions: Annotated[bool, typer.Option(help="Take people's decisions along.")] = True,
    json: Json = False,
) -> None:
    """Package reports, claims, decisions and bytes with a manifest of their hashes, for another ledger."""
    from riwaya import __version__
    from riwaya.custody.bundle import sums, write
    from riwaya.ledger import Query, open_ledger, store_of

    first, last = days(day)
    query = Query(
        place=place,
        actor=actor,
        type=tuple(type or ()),
        origin=origin,
        first=first,
        last=last,
        known_by=until(known_by),
    )
    store = store_of(ledger) if bytes else None
    with open_ledger(ledger, create=False) as opened, console.written(out) as stream:
        written = write(stream, opened, store, query, f"riwaya {__version__}", decided=decisions)
    sealed = out.with_name(f"{out.stem}.manifest.sha256")
    with console.written(sealed) as stream:
        stream.write(sums(written).encode())
    if json:
        print(console.dump({"file": str(out), "manifest_file": str(sealed)} | written.to_json()))
        return
    counted = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in written.counts.items())
    print(f"{out}: {counted}\n{sealed}: {written.manifest}, to be signed or timestamped")


def unbundle(
    bundle: Annotated[Path, typer.Argument(help="A bundle.", exists=True, dir_okay=False)],
    ledger: Where = DEFAULT_LEDGER,
    manifest: Annotated[
        str, typer.Option(help="The SHA-256 its manifest must have, or a file that has it.")
    ] = "",
    check: Annotated[bool, typer.Option("--check", help="Verify it and add nothing.")] = False,
    bytes: Annotated[bool, typer.Option(help="Keep the files as they were received.")] = True,
    decisions: Annotated[bool, typer.Option(help="Take people's decisions over.")] = True,
    json: Json = False,
) -> None:
    """Verify everything in a bundle, then add what the ledger does not have."""
    from riwaya.custody.package import BundleError
    from riwaya.custody.unbundle import opened, take
    from riwaya.ledger import open_ledger, store_of

    expected = digest_of(manifest)
    try:
        with opened(bundle, expected) as verified:
            counts = verified.said.get("counts", {})
            if check:
                print(
                    console.dump({"manifest": verified.manifest, "counts": counts}) if json else "all holds"
                )
                return
            store = store_of(ledger) if bytes else None
            command = command_line()
            with open_ledger(ledger) as into:
                done = take(
                    verified,
                    into,
                    store,
                    command,
                    decided=decisions,
                    progress=lambda things: console.progress(things, "reports"),
                )
    except BundleError as error:
        console.say(f"{bundle}: {error}; nothing was added")
        raise typer.Exit(1) from None
    for conflict in done.conflicts:
        console.say(conflict)
    if json:
        print(console.dump(done.to_json()))
    else:
        print(
            f"{masked(ledger)}: {done.reports} reports added with {done.claims} claims, "
            f"{done.decisions} decisions and {done.files} files; "
            f"{done.known} reports were there, {len(done.conflicts)} conflicts"
        )
    if done.conflicts:
        raise typer.Exit(1)


def digest_of(said: str) -> str:
    """A SHA-256 as it is given: itself, or the first in a file as ``sha256sum`` writes it."""
    if not said:
        return ""
    path = Path(said)
    found = re.match(r"[0-9a-fA-F]{64}\b", path.read_text("utf-8", "replace") if path.is_file() else said)
    if not found:
        raise typer.BadParameter(
            f"{said!r} is no SHA-256 and no file that begins with one", param_hint="--manifest"
        )
    return found[0].lower()
