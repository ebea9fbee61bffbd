"""Processes killed at random moments of their work, and what the ledger holds afterwards.

    python tests/faults.py [KILLS]        # so many kills of each kind on each ledger, and a table

Children are forked, work, acknowledge what they have done through a pipe, and are killed with SIGKILL after
a random time.  Nothing acknowledged may be missing, nothing may be there twice, the ledger must verify, and
what is concluded must be what an undisturbed run concludes.  A server is tried where RIWAYA_TEST_POSTGRESQL
names one.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import connect
from typing import Any

from sqlalchemy import select

import riwaya.kept.refresh
import riwaya.ledger.move
from ledgers import address
from making import CUSTODY
from riwaya.kept import Kept
from riwaya.ledger import LEDGERS, Ledger, LedgerError, open_ledger
from riwaya.ledger import check as checking
from riwaya.ledger.backup import back_up
from riwaya.ledger.migrations import VERSION, version_of
from riwaya.ledger.move import move
from riwaya.ledger.tables import DECISIONS, METADATA, REPORTS
from telling import knowledge, told

LIFE = 12  # kills after which a ledger is verified whole and a new one begun
AT_ONCE = 4  # reports concluded together, so that kills fall between portions as well
Say = Callable[[str], None]
Work = Callable[[Say], None]


@dataclass
class Tally:
    """What was done to a kind of work, and what came of it."""

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    twice: int = 0
    wrong: list[str] = field(default_factory=list)


BEGUN = "begun"


def killed(work: Work, after: float) -> tuple[list[str], bool]:
    """Do some work in a child and kill it after a time: what it acknowledged, and whether it had ended.

    A child that says that it has begun is given its time from then on.
    """
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        try:
            work(lambda line: os.write(into, f"{line}\n".encode()) and None)
        except BaseException as error:
            os.write(into, f"! {type(error).__name__}: {error}".replace("\n", " ").encode() + b"\n")
        finally:
            os._exit(0)
    os.close(into)
    with os.fdopen(out, encoding="utf-8") as lines:
        first = lines.readline().rstrip("\n") if work.__name__ == "lasting" else BEGUN
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        said = [line for line in (first, *lines.read().splitlines()) if line != BEGUN]
    if errors := [line for line in said if line.startswith("!")]:
        raise AssertionError(errors[0])
    return said, not os.WIFSIGNALED(status)


def calm(work: Work) -> float:
    """How long some work takes in a child that nobody disturbs."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            work(lambda line: None)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    return time.monotonic() - began


def adding(address: str, first: int) -> Work:
    """Add reports one after the other."""

    def lasting(say: Say) -> None:
        with open_ledger(address) as ledger:
            ledger.add(*told(first), CUSTODY)
            say(BEGUN)
            for n in range(first, first + 10_000):
                ledger.add(*told(n), CUSTODY)
                say(str(n))

    return lasting


def add(address: str, chance: random.Random, kills: int, tally: Tally) -> None:
    """Kill while reports are added."""
    acknowledged = 0
    for _ in range(kills):
        said, _ = killed(adding(address, acknowledged), chance.uniform(0, 0.25))
        tally.kills += 1
        acknowledged += len(said)
        tally.acknowledged += len(said)
        with open_ledger(address) as ledger, ledger.reading.connect() as connection:
            ids = list(connection.scalars(select(REPORTS.c.id).order_by(REPORTS.c.seq)))
        tally.lost += len({f"r{n}" for n in range(acknowledged)} - set(ids))
        tally.twice += len(ids) - len(set(ids))
        acknowledged = max(acknowledged, len(ids))
    expect(address, acknowledged, tally)


def review(address: str, chance: random.Random, kills: int, tally: Tally) -> None:
    """Kill while a person decides, one claim after the other."""
    claims = [claim.id for n in range(40) for claim in told(n)[1]]
    with open_ledger(address) as ledger:
        for n in range(40):
            ledger.add(*told(n), CUSTODY)
    made: list[str] = []

    def lasting(say: Say) -> None:
        with open_ledger(address) as ledger:
            say(BEGUN)
            while True:
                for claim in claims:
                    version = ledger.versions([claim])
                    say(ledger.decide("not-a-claim", "me", {"claims": [claim]}, seen=version))

    for _ in range(kills):
        said, _ = killed(lasting, chance.uniform(0, 0.25))
        tally.kills += 1
        tally.acknowledged += len(said)
        made += said
        with open_ledger(address) as ledger, ledger.reading.connect() as connection:
            ids = list(connection.scalars(select(DECISIONS.c.id)))
        tally.lost += len(set(made) - set(ids))
        tally.twice += len(ids) - len(set(ids))
    sound(address, tally)


def link(address: str, chance: random.Random, kills: int, tally: Tally) -> None:
    """Kill while reports are added, decided about and concluded from."""
    riwaya.kept.refresh.BATCH = AT_ONCE
    first = 0

    def lasting(say: Say) -> None:
        with open_ledger(address) as ledger:
            say(BEGUN)
            for n in range(first, first + 10_000):
                ledger.add(*told(n), CUSTODY)
                say(str(n))
                if n % 3 == 0:
                    Kept(ledger, knowledge()).refresh()

    for _ in range(kills):
        said, _ = killed(lasting, chance.uniform(0, 0.6))
        tally.kills += 1
        tally.acknowledged += len(said)
        with open_ledger(address) as ledger:
            count = ledger.count()["reports"]
        tally.lost += max(first + len(said) - count, 0)
        first = count
    expect(address, first, tally)


def moving(address: str, chance: random.Random, kills: int, tally: Tally) -> None:
    """Kill while a ledger is moved into another database, until it has arrived."""
    riwaya.ledger.move.PORTION = 3
    with tempfile.TemporaryDirectory() as folder:
        source = str(Path(folder) / "source.sqlite")
        with open_ledger(source) as ledger:
            for n in range(60):
                ledger.add(*told(n), CUSTODY)
            ledger.decide("not-a-claim", "me", {"claims": [told(1)[1][0].id]})
            before = everything(ledger)

        def work(say: Say) -> None:
            with open_ledger(source) as old, open_ledger(address, half_moved=True) as new:
                say(str(move(old, new).reports))

        said: list[str] = []
        for _ in range(kills):
            said, _ = killed(work, chance.uniform(0, 0.6))
            tally.kills += not said
            if said:
                break
        with open_ledger(source) as old, open_ledger(address, half_moved=True) as new:
            if not said:
                move(old, new)
            tally.acknowledged += 60
            after = everything(new)
            tally.lost += sum(len(set(before[name]) - set(after[name])) for name in before)
            tally.twice += sum(len(after[name]) - len(set(after[name])) for name in before)
            if after != before:
                tally.wrong.append("a moved ledger differs")
    sound(address, tally)


def upgrade(address: str, chance: random.Random, kills: int, tally: Tally) -> None:
    """Kill while an older ledger is brought up to date; in SQLite, for which an older one is kept here."""
    script = Path(__file__).with_name("ledger_version_1.sql").read_text("utf-8")
    path = Path(address)
    takes = 0.0
    for number in range(kills + 1):
        older = path.with_name(f"older{number}.sqlite")
        with closing(connect(older)) as raw:
            raw.executescript(script)

        def work(say: Say, older: Path = older) -> None:
            open_ledger(older).close()

        if not takes:
            takes = calm(work)
            continue
        _, ended = killed(work, chance.uniform(0, takes))
        tally.kills += not ended
        tally.acknowledged += 2
        with open_ledger(older) as ledger:
            tally.lost += 2 - ledger.count()["reports"]
            if version_of(ledger.engine) != VERSION or any(checking.check(ledger)):
                tally.wrong.append("an upgraded ledger is not sound")
        for left in path.parent.glob(f"{older.name}*"):
            left.unlink()


def backup(address: str, chance: random.Random, kills: int, tally: Tally) -> None:
    """Kill while a backup is written: there is a whole one under its name, or none."""
    with open_ledger(address) as ledger:
        for n in range(40):
            ledger.add(*told(n), CUSTODY)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "backup"

        def work(say: Say) -> None:
            with open_ledger(address) as ledger:
                back_up(ledger, out)
                say("done")

        takes = calm(work)
        out.unlink()
        for _ in range(kills):
            said, ended = killed(work, chance.uniform(0, takes))
            tally.kills += not ended
            tally.acknowledged += len(said)
            if said and not out.exists():
                tally.lost += 1
            if out.exists():
                with open_ledger(out) as copy:
                    if copy.count()["reports"] != 40 or any(checking.check(copy)):
                        tally.wrong.append("a backup under its name is not whole")
                out.unlink()
    sound(address, tally)


KINDS = {"add": add, "review": review, "link": link, "migrate": moving, "upgrade": upgrade, "backup": backup}


def everything(ledger: Ledger) -> dict[str, list[str]]:
    """Every row of evidence."""
    with ledger.reading.connect() as connection:
        return {
            table.name: sorted(repr(list(row)) for row in connection.execute(select(table)))
            for table in METADATA.sorted_tables
            if table.name != "meta"
        }


def sound(address: str, tally: Tally) -> None:
    """The ledger verifies."""
    with open_ledger(address) as ledger:
        tally.wrong += [f"{one.about}: {one.what}" for one in checking.check(ledger)]


def expect(address: str, reports: int, tally: Tally) -> None:
    """The ledger verifies, and holds and concludes what an undisturbed one does."""
    sound(address, tally)
    with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder) / "calm.sqlite") as other:
        for n in range(reports):
            other.add(*told(n), CUSTODY)
        with open_ledger(address) as ledger:
            if [one.id for one in ledger.reports()] != [one.id for one in other.reports()]:
                tally.wrong.append("other reports than an undisturbed run adds")
            if concluded(ledger) != concluded(other):
                tally.wrong.append("other conclusions than an undisturbed run makes")


def concluded(ledger: Ledger) -> list[Any]:
    """Everything that is concluded."""
    kept = Kept(ledger, knowledge())
    kept.refresh()
    return [*kept.events(), *kept.disputes()]


def inflict(name: str, kind: str, kills: int, seed: int = 7) -> Tally:
    """So many kills of one kind of work on one kind of ledger."""
    tally, chance = Tally(), random.Random(seed)
    knowledge()
    portion, batch = riwaya.ledger.move.PORTION, riwaya.kept.refresh.BATCH
    try:
        while tally.kills < kills:
            with tempfile.TemporaryDirectory() as folder:
                where = address(kind, Path(folder), "faults")
                KINDS[name](where, chance, min(LIFE, kills - tally.kills), tally)
    finally:
        riwaya.ledger.move.PORTION, riwaya.kept.refresh.BATCH = portion, batch
    return tally


def ledgers() -> Iterator[str]:
    """The kinds of ledger that can be tried here."""
    for kind in LEDGERS:
        if kind.name == "sqlite" or os.environ.get("RIWAYA_TEST_POSTGRESQL"):
            yield kind.name


def main() -> None:
    """Print the table."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print(f"| {'killed during':13} | {'ledger':10} | kills | acknowledged | lost | twice | otherwise wrong |")
    print("|---|---|---|---|---|---|---|")
    bad = False
    for name in KINDS:
        for kind in ledgers():
            if name == "upgrade" and kind != "sqlite":
                continue
            try:
                tally = inflict(name, kind, kills)
            except LedgerError as error:
                tally = Tally(wrong=[str(error)])
            row = (name, kind, tally.kills, tally.acknowledged, tally.lost, tally.twice, len(tally.wrong))
            print(f"| {' | '.join(map(str, row))} |", flush=True)
            for one in tally.wrong[:5]:
                print(f"  {one}", file=sys.stderr)
            bad = bad or bool(tally.lost or tally.twice or tally.wrong)
    sys.exit(bad)


if __name__ == "__main__":
    main()
