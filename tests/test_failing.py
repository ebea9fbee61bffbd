"""Full and read-only disks, lost connections, a server that is not there: a clear error, and no damage."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from ledgers import address, connected
from making import CUSTODY
from riwaya.kept import Kept
from riwaya.ledger import Ledger, LedgerError, Query, open_ledger
from riwaya.ledger import check as checking
from riwaya.ledger.backup import back_up
from telling import knowledge, told


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """What a full disk looks like to a process: writing beyond a size fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    quiet = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, quiet)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte, where this process may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("no disk can be made here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def filled(ledger: Ledger, most: int = 5000) -> int:
    """Add reports until the disk says no; how many were acknowledged."""
    for n in range(most):
        try:
            ledger.add(*told(n), CUSTODY)
        except LedgerError as error:
            if "the disk" not in str(error):
                raise
            return n
    raise AssertionError("the disk was never full")


def whole(ledger: Ledger, reports: int) -> None:
    assert ledger.count()["reports"] == reports
    assert list(checking.check(ledger)) == []


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        with no_file_larger_than(300_000):
            added = filled(ledger)
            with pytest.raises(LedgerError, match="disk"):
                ledger.decide("note", "me", {"claims": [], "note": "x" * 400_000})
        assert added > 0
        whole(ledger, added)
        ledger.add(*told(added), CUSTODY)  # there is room again
        whole(ledger, added + 1)


def test_a_full_disk(disk: Path) -> None:
    with open_ledger(disk / "l.sqlite") as ledger:
        added = filled(ledger)
        assert added > 0
        assert sum(1 for _ in ledger.claims(Query())) == 3 * added
        with pytest.raises(LedgerError, match="disk"):
            Kept(ledger, knowledge()).rebuild()
        with pytest.raises(LedgerError, match=r"backup cannot be written|disk is full"):
            back_up(ledger, disk / "backup")
        assert not [path for path in disk.iterdir() if "backup" in path.name]
    subprocess.run(["mount", "-o", "remount,size=40m", str(disk)], check=True)
    with open_ledger(disk / "l.sqlite") as ledger:
        whole(ledger, added)
        ledger.add(*told(added), CUSTODY)
        Kept(ledger, knowledge()).refresh()
        whole(ledger, added + 1)


def test_a_disk_that_may_only_be_read(disk: Path) -> None:
    with open_ledger(disk / "l.sqlite") as ledger:
        ledger.add(*told(0), CUSTODY)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with open_ledger(disk / "l.sqlite", create=False) as ledger:
        whole(ledger, 1)
        with pytest.raises(LedgerError, match="permission"):
            ledger.add(*told(1), CUSTODY)
        with pytest.raises(LedgerError, match="permission"):
            ledger.decide("not-a-claim", "me", {"claims": ["x"]})
    with pytest.raises(LedgerError, match=r"permission|cannot be opened"):
        open_ledger(disk / "new.sqlite")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(address("postgresql", tmp_path, "failing")) as ledger:
        yield ledger


def cut(ledger: Ledger) -> None:
    """End every connection that a ledger has."""
    url = ledger.engine.url
    with connected(url) as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def test_a_connection_lost_between_two_reports_is_made_again(server: Ledger) -> None:
    server.add(*told(0), CUSTODY)
    cut(server)
    server.add(*told(1), CUSTODY)
    whole(server, 2)


def test_a_connection_lost_while_a_report_is_added(server: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    server.add(*told(0), CUSTODY)
    put = "riwaya.ledger.search.put"

    def lose(*_: Any) -> None:
        cut(server)

    monkeypatch.setattr(put, lose)
    with pytest.raises(LedgerError, match="connection to the database was lost"):
        server.add(*told(1), CUSTODY)
    monkeypatch.undo()
    whole(server, 1)
    assert server.add(*told(1), CUSTODY)
    whole(server, 2)


def test_a_connection_lost_while_concluding(server: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(20):
        server.add(*told(n), CUSTODY)
    monkeypatch.setattr("riwaya.kept.refresh.BATCH", 5)
    place, seen = Kept._place, []

    def lose(self: Kept, connection: Any, rows: Any) -> None:
        seen.append(rows)
        if len(seen) == 3:
            cut(server)
        place(self, connection, rows)

    monkeypatch.setattr(Kept, "_place", lose)
    with pytest.raises(LedgerError, match="connection to the database was lost"):
        Kept(server, knowledge()).refresh()
    monkeypatch.undo()
    after = Kept(server, knowledge())
    after.refresh()
    concluded = [*after.events(), *after.disputes()]
    after.rebuild()
    assert [*after.events(), *after.disputes()] == concluded


def test_a_server_that_is_not_there(server: Ledger) -> None:
    nowhere = make_url(server.engine.url).set(port=1, drivername="postgresql")
    with pytest.raises(LedgerError, match="does not answer"):
        open_ledger(nowhere.render_as_string(hide_password=False))
    unknown = server.engine.url.set(drivername="postgresql", database="riwaya_no_such_database")
    with pytest.raises(LedgerError, match="no such database"):
        open_ledger(unknown.render_as_string(hide_password=False))


def test_a_database_that_may_only_be_read(server: Ledger) -> None:
    server.add(*told(0), CUSTODY)
    with server.engine.begin() as connection:
        name = server.engine.url.database
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    url = server.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with open_ledger(url, create=False) as again:
            assert again.count()["reports"] == 1
            with pytest.raises(LedgerError, match="may only be read"):
                again.add(*told(1), CUSTODY)
    finally:
        with connected(server.engine.url) as connection:
            connection.execute(text("SET default_transaction_read_only = off"))
            connection.execute(text(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'))
