"""The command about the chain of custody: where a report came from, and whether it is still what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from riwaya import console
from riwaya.commands.conclusions import DEFAULT_LEDGER, Json, Where
from riwaya.commands.options import masked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riwaya.custody.chain import Chain, Outcome
    from riwaya.custody.checks import Check
    from riwaya.ledger import Custody


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(custody)


def custody(
    report: Annotated[str, typer.Argument(help="A report's id, or the beginning of it.")] = "",
    ledger: Where = DEFAULT_LEDGER,
    all: Annotated[bool, typer.Option("--all", help="Verify everything in the ledger.")] = False,
    json: Json = False,
) -> None:
    """Print a report's chain of custody and verify it now: text, claims, decisions, bytes."""
    from riwaya.custody.chain import chain, verify
    from riwaya.ledger import open_ledger, rows, store_of

    if bool(report) == all:
        raise typer.BadParameter("name a report, or say --all", param_hint="REPORT")
    store = store_of(ledger)
    with open_ledger(ledger, create=False) as opened:
        if all:
            holds = show_outcomes(verify(opened, store), json=json)
        else:
            found = list(rows.kept_reports(opened, like=report))
            if len(found) != 1:
                what = "no report" if not found else "more than one report"
                raise typer.BadParameter(
                    f"{what} in {masked(ledger)} is called {report!r}", param_hint="REPORT"
                )
            told = chain(opened, store, found[0])
            show_chain(told, json=json)
            holds = told.holds
    if not holds:
        raise typer.Exit(1)


def show_chain(chain: Chain, *, json: bool) -> None:
    """A chain, step by step."""
    if json:
        print(console.dump(chain.to_json()))
        return
    report = chain.kept.report
    print(f"report   {report.id}")
    for name in ("title", "outlet", "published", "url", "origin"):
        if value := getattr(report, name):
            print(f"         {name} {console.isolated(str(value))}")
    for receipt in chain.receipts:
        print(f"received {receipt.received_at:%Y-%m-%d %H:%M:%S} UTC")
        for name, value in steps(receipt):
            print(f"         {name} {console.isolated(value)}")
    print(f"read     {len(chain.claims)} claims")
    for claim in chain.claims:
        at = claim["evidence"]
        print(f"         {claim['id']} {claim['type']} ({claim['status']}) at {at['start']}–{at['end']}")
    for ruling in chain.rulings:
        what = f"withdraws {ruling.withdraws}" if ruling.withdraws else ruling.kind
        print(f"decided  {ruling.made_at:%Y-%m-%d %H:%M} {ruling.author}: {what} {ruling.id}")
    for check in chain.checks:
        print(line(check))


def steps(receipt: Custody) -> Iterable[tuple[str, str]]:
    """What is known of how a report came in."""
    yield "from", receipt.source
    yield "as", f"{receipt.kind}, {receipt.size} bytes, SHA-256 {receipt.sha256}"
    if receipt.file:
        file = f"{receipt.file_name}, {receipt.file_size} bytes, SHA-256 {receipt.file}"
        yield "in", f"{file}, left at {receipt.left_at}" if receipt.left_at else file
    if receipt.answer:
        yield "answered as", receipt.answer
    if receipt.dated:
        yield "dated by", receipt.dated
    yield "by", receipt.command
    if receipt.reader:
        yield "read by", f"{receipt.reader} with packs {receipt.pack}"


def line(check: Check) -> str:
    """A check as one line."""
    return f"{check.state:8} {check.what}: {check.says}"


def show_outcomes(outcomes: Iterable[Outcome], *, json: bool) -> bool:
    """What fails in a ledger, and how much was checked; whether all holds."""
    from collections import Counter

    counted: Counter[str] = Counter()
    failed = 0
    for outcome in console.progress(outcomes, "checks"):
        counted.update(f"{check.what} {check.state}" for check in outcome.checks)
        failed += not outcome.holds
        if json:
            print(console.dump(outcome.to_json()))
        elif not outcome.holds:
            wrong = [line(check) for check in outcome.checks if check.state == "fails"]
            print("\n".join(f"{outcome.report or 'ledger'}\t{one}" for one in wrong))
    if not json:
        print(", ".join(f"{number} × {what}" for what, number in sorted(counted.items())))
    return not failed
