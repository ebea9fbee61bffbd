"""Full-text search in what claims quote: FTS5 in SQLite, a tsvector in PostgreSQL, over the same terms.

Nothing here is evidence: the index can be dropped and is filled again from the claims.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ARRAY, Connection, String, bindparam, column, false, or_, select, table, text
from sqlalchemy.engine import Engine

from riwaya.ledger.errors import spoken
from riwaya.ledger.tables import CLAIMS
from riwaya.text.findable import Wanted, forms, spellings

FILLED_AT_ONCE = 2000
SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS derived_said USING "
    "fts5(said, content='', tokenize=\"unicode61 remove_diacritics 0\")",
)
POSTGRESQL = (
    "CREATE TABLE IF NOT EXISTS derived_said (claim BIGINT PRIMARY KEY, terms TSVECTOR NOT NULL)",
    "CREATE INDEX IF NOT EXISTS derived_said_terms ON derived_said USING GIN (terms)",
)


def fill(engine: Engine, where: str) -> None:
    """Put every claim that the index lacks into it, some at a time."""
    with spoken(where):
        with engine.begin() as connection:
            for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
                connection.execute(text(statement))
        while True:
            with engine.execution_options(reads=True).connect() as reading:
                lacking = list(reading.execute(after(filled(reading))))
            if not lacking:
                return
            with engine.begin() as connection:
                done = filled(connection)  # somebody else may have filled it meanwhile
                put(connection, [row for row in lacking if row.seq > done])


def after(done: int) -> Any:
    """The next claims to put in."""
    asked = select(CLAIMS.c.seq, CLAIMS.c.body).where(CLAIMS.c.seq > done)
    return asked.order_by(CLAIMS.c.seq).limit(FILLED_AT_ONCE)


def filled(connection: Connection) -> int:
    """The last claim in the index; claims are only ever added."""
    sqlite = connection.dialect.name == "sqlite"
    last = "SELECT max(id) FROM derived_said_docsize" if sqlite else "SELECT max(claim) FROM derived_said"
    return connection.scalar(text(last)) or 0


def put(connection: Connection, rows: list[Any]) -> None:
    """Add claims to the index."""
    if not rows:
        return
    said = [{"seq": row.seq, "terms": forms(json.loads(row.body)["evidence"]["text"])} for row in rows]
    if connection.dialect.name == "sqlite":
        insert = text("INSERT INTO derived_said (rowid, said) VALUES (:seq, :terms)")
        connection.execute(insert, [row | {"terms": " ".join(row["terms"])} for row in said])
    else:
        insert = text(
            "INSERT INTO derived_said VALUES (:seq, array_to_tsvector(:terms)) ON CONFLICT DO NOTHING"
        )
        connection.execute(insert.bindparams(bindparam("terms", type_=ARRAY(String))), said)


def drop(engine: Engine) -> None:
    """Forget the index."""
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS derived_said"))


def holding(things: tuple[Wanted, ...], dialect: str) -> Any:
    """A condition: claims whose words hold everything wanted; none where nothing could be found."""
    if all(one.without for one in things):
        return false()
    if dialect == "sqlite":
        index, matches = table("derived_said", column("rowid")), text("derived_said MATCH :fts")
        return CLAIMS.c.seq.in_(select(index.c.rowid).where(matches.bindparams(fts=fts5(things))))
    index, matches = table("derived_said", column("claim")), text("terms @@ CAST(:tsquery AS TSQUERY)")
    return CLAIMS.c.seq.in_(select(index.c.claim).where(matches.bindparams(tsquery=tsquery(things))))


def fts5(things: tuple[Wanted, ...]) -> str:
    """What is wanted in FTS5's words.

    >>> fts5((Wanted(("bbc",)), Wanted(("cnn",), without=True)))
    '(("bbc")) NOT (("cnn"))'
    """
    there = " AND ".join(f"({every(one, ' AND ')})" for one in things if not one.without)
    without = "".join(f" NOT ({every(one, ' AND ')})" for one in things if one.without)
    return there + without


def every(one: Wanted, joint: str) -> str:
    """Every word of one thing wanted, each in any of its spellings."""
    last = len(one.words) - 1
    return joint.join(
        "("
        + " OR ".join(f'"{form}"{"*" if one.prefix and n == last else ""}' for form in spellings(word))
        + ")"
        for n, word in enumerate(one.words)
    )


def tsquery(things: tuple[Wanted, ...]) -> str:
    """What is wanted in PostgreSQL's words."""
    found = []
    for one in things:
        last = len(one.words) - 1
        words = (
            "("
            + "|".join(f"'{form}'{':*' if one.prefix and n == last else ''}" for form in spellings(word))
            + ")"
            for n, word in enumerate(one.words)
        )
        found.append(f"{'!' if one.without else ''}({'&'.join(words)})")
    return "&".join(found)


def plainly(asked: str) -> Any:
    """The same without an index, as the words are spelt: for a ledger that may not be written."""
    words = [one for one in asked.split() if one]
    return or_(*(CLAIMS.c.body.contains(word, autoescape=True) for word in words)) if words else false()
