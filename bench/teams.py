"""What several clients do on one ledger at once: reports added and decisions made a second; check, search.

    python -m bench.teams                       # clients at once, on a file and, if named, on a server
    python -m bench.teams check 1000000         # verify so many claims

The server is the one that RIWAYA_TEST_POSTGRESQL names; a schema of its own is made there and dropped.
Reports come with their claims (ten each), so what is measured is the ledger and not the reader.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bench.conclusions import CUSTODY, made
from riwaya.events.knowledge import Knowledge
from riwaya.ledger import Asked, Ledger, open_ledger
from riwaya.ledger import check as checking
from riwaya.model import Claim, Report
from riwaya.packs.pack import load_packs

CLIENTS = (1, 4, 8)
REPORTS = 200  # of all clients together
DECISIONS = 400
AT_ONCE = 500
Said = list[tuple[Report, list[Claim]]]


def adding(address: str, said: Said, mine: slice) -> int:
    """Add one client's share."""
    with open_ledger(address) as ledger:
        return sum(ledger.add(report, claims, CUSTODY) for report, claims in said[mine])


def reviewing(address: str, said: Said, mine: slice) -> int:
    """Look at one client's share of the claims and decide about each."""
    claims = [claim.id for _, each in said for claim in each][:DECISIONS]
    with open_ledger(address) as ledger:
        for id in claims[mine]:
            ledger.decide("not-a-claim", "bench", {"claims": [id]}, seen=ledger.versions([id]))
    return len(claims[mine])


def together(work: Callable[[str, Said, slice], int], clients: int, address: str, said: Said) -> float:
    """How much a second so many clients do, each a process with a connection of its own."""
    forked = multiprocessing.get_context("fork")
    ready, done = forked.Barrier(clients + 1), forked.Queue()

    def client(number: int) -> None:
        with open_ledger(address):
            pass
        ready.wait()
        done.put(work(address, said, slice(number, None, clients)))

    processes = [forked.Process(target=client, args=(n,)) for n in range(clients)]
    for process in processes:
        process.start()
    ready.wait()
    began = perf_counter()
    amount = sum(done.get() for _ in processes)
    took = perf_counter() - began
    for process in processes:
        process.join()
    return amount / took


@contextmanager
def ledger_of(kind: str) -> Iterator[str]:
    """An empty ledger of a kind."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield str(Path(folder) / "bench.sqlite")
        return
    server = make_url(os.environ["RIWAYA_TEST_POSTGRESQL"])
    mine = server.set(database=f"{server.database}_bench")
    engine = create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{mine.database}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{mine.database}"'))
        yield mine.render_as_string(hide_password=False)
        connection.execute(text(f'DROP DATABASE IF EXISTS "{mine.database}" WITH (FORCE)'))
    engine.dispose()


def kinds() -> list[str]:
    """The kinds of ledger that can be tried here."""
    return ["sqlite", *(["postgresql"] if os.environ.get("RIWAYA_TEST_POSTGRESQL") else [])]


def clients(knowledge: Knowledge) -> None:
    """Adding and reviewing by several clients."""
    said = list(made(REPORTS, knowledge))
    for kind in kinds():
        for count in CLIENTS:
            with ledger_of(kind) as address:
                added = together(adding, count, address, said)
                decided = together(reviewing, count, address, said)
            print(
                f"{kind:10}  {count} clients  {added:8.0f} reports/s  {decided:8.0f} decisions/s", flush=True
            )


def check(claims: int, knowledge: Knowledge) -> None:
    """How long a ledger takes to verify, and how much memory; and what a search takes in it."""
    for kind in kinds():
        with ledger_of(kind) as address, open_ledger(address) as ledger:
            filled(ledger, claims // 10, knowledge)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            began, worked = perf_counter(), process_time()
            found = sum(1 for _ in checking.check(ledger))
            took, worked = perf_counter() - began, process_time() - worked
            after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            began = perf_counter()
            total = ledger.search(Asked("كلمة7 كلمة8")).total
            searched = (perf_counter() - began) * 1000
            more = (after - before) / 1024
            print(
                f"{kind:10}  {claims:,} claims  {took:.1f} s ({worked:.1f} s of one core)  {found} findings  "
                f"{after / 1024:.0f} MB (+{more:.0f} in it)  search {searched:.0f} ms of {total}",
                flush=True,
            )


def filled(ledger: Ledger, reports: int, knowledge: Knowledge) -> None:
    """Put reports with claims that quote them into a ledger, many in a transaction."""
    said = (
        (report, [quoting(claim, report) for claim in claims], CUSTODY)
        for report, claims in made(reports, knowledge)
    )
    while some := list(islice(said, AT_ONCE)):
        ledger.add_all(some)


def quoting(claim: Claim, report: Report) -> Claim:
    """A claim whose every name stands in the report."""
    word = report.text.split(" ", 1)[0]
    named = {
        role: tuple(replace(one, name=word, start=0, end=len(word)) for one in getattr(claim, role))
        for role in ("actor", "target", "place", "chain")
    }
    figure = claim.quantity and replace(claim.quantity, text=report.text[:1])
    return replace(claim, **named, quantity=figure, id="")


def main(words: list[str]) -> None:
    """What was asked for."""
    knowledge = Knowledge.of(load_packs())
    if words[:1] == ["check"]:
        check(int(words[1]) if len(words) > 1 else 100_000, knowledge)
    else:
        clients(knowledge)


if __name__ == "__main__":
    main(sys.argv[1:])
