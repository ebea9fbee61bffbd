"""Where the tests keep their ledgers: a file, or the server that RIWAYA_TEST_POSTGRESQL names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.engine import make_url


def address(kind: str, folder: Path, name: str = "l") -> str:
    """A place for an empty ledger of a kind."""
    if kind == "sqlite":
        return str(folder / f"{name}.sqlite")
    server = os.environ.get("RIWAYA_TEST_POSTGRESQL")
    if not server:
        pytest.skip("RIWAYA_TEST_POSTGRESQL names no server")
    return emptied(database(server, name))


@cache
def database(server: str, name: str) -> str:
    """A database of this test process on a server: several run at once."""
    url = make_url(server)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    mine = url.set(database=f"{url.database}_{worker}_{name}")
    with connected(url) as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{mine.database}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{mine.database}"'))
    return mine.render_as_string(hide_password=False)


def emptied(address: str) -> str:
    """A database with nothing in it."""
    with connected(make_url(address)) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return address


@contextmanager
def connected(url: URL) -> Iterator[Connection]:
    """A connection that keeps each statement at once."""
    made = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        with made.connect() as connection:
            yield connection
    finally:
        made.dispose()
