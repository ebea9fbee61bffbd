"""The tables of a ledger: rows are added, never rewritten.

Portable SQL: the same definitions serve SQLite and PostgreSQL.  ``seq`` numbers rows in the order in
which they were added, so that "what is new since" is one comparison.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

METADATA = MetaData()

# SQLite numbers rows by itself only for the type INTEGER.
SEQ = BigInteger().with_variant(Integer(), "sqlite")


class AnyText(TypeDecorator[str]):
    """Text that may hold what databases refuse: a NUL (PostgreSQL) or a lone surrogate (both).

    Such rare texts are kept as JSON in plain letters behind U+FDD0, a code point that no text may use;
    a text that begins with it is kept so as well.  What is read back is what was given.
    """

    impl = Text
    cache_ok = True
    MARK = "\ufdd0"

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """On the way in."""
        if value is None or (is_plain(value) and not value.startswith(self.MARK)):
            return value
        return self.MARK + json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        """On the way out."""
        if value is None or not value.startswith(self.MARK):
            return value
        return str(json.loads(value[1:]))


def is_plain(text: str) -> bool:
    """Whether every database takes this text."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in text


META = Table(
    "meta",
    METADATA,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

REPORTS = Table(
    "reports",
    METADATA,
    Column("seq", SEQ, primary_key=True, autoincrement=True),
    Column("id", AnyText, nullable=False, unique=True),
    Column("hash", String(64), nullable=False, index=True, comment="SHA-256 of what the report says"),
    Column("title", AnyText, nullable=False),
    Column("outlet", AnyText, nullable=False),
    Column("published", String, comment="as the source wrote it, ISO 8601"),
    Column("url", AnyText, nullable=False),
    Column("text", AnyText, nullable=False, comment="the original; every offset is into it"),
    Column("language", String, nullable=False),
    Column("origin", AnyText, nullable=False, comment="whom a forwarded text came from"),
    Column("known_wall", DateTime, nullable=False, comment="publication by the clock on its own wall"),
    Column("known_utc", DateTime, nullable=False, comment="publication, or else receipt, in UTC"),
    Column("redacted", String(64), comment="SHA-256 of what it says since a person was taken out of it"),
)

CUSTODY = Table(
    "custody",
    METADATA,
    Column("seq", SEQ, primary_key=True, autoincrement=True),
    Column("report", SEQ, ForeignKey("reports.seq"), nullable=False, index=True),
    Column("sha256", String(64), nullable=False, comment="of the record's bytes: a file, a line, a page"),
    Column("size", BigInteger, nullable=False),
    Column("received_at", DateTime, nullable=False, comment="UTC"),
    Column("source", AnyText, nullable=False, comment="the file, line or address it came from"),
    Column("kind", String, nullable=False),
    Column("command", AnyText, nullable=False),
    Column("reader", String, nullable=False, comment="name and version"),
    Column("pack", String, nullable=False, comment="digest of the packs it was read with"),
    Column("dated", AnyText, nullable=False, server_default="", comment="what said the day of publication"),
    Column("file", String(64), comment="SHA-256 of the file it came in, whole"),
    Column("file_size", BigInteger),
    Column("file_name", AnyText, comment="as it was given"),
    Column("left_at", AnyText, comment="where that file was left, if its bytes were not kept"),
    Column("answer", AnyText, comment="what a server said of it, as JSON: address, media, charset"),
)

CLAIMS = Table(
    "claims",
    METADATA,
    Column("seq", SEQ, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("report", SEQ, ForeignKey("reports.seq"), nullable=False, index=True),
    Column("type", String, nullable=False),
    Column("status", String, nullable=False),
    Column("hedged", Boolean, nullable=False),
    Column("first_day", Date, comment="as the report says; else empty"),
    Column("last_day", Date),
    Column("day", Date, comment="last_day, or else the day of publication: what a list is sorted by"),
    Column(
        "origin_id", AnyText, nullable=False, comment="the chain's last link; empty for the outlet itself"
    ),
    Column("origin_words", AnyText, nullable=False, comment="its words, folded"),
    Column("origin_kind", String, nullable=False),
    Column("body", Text, nullable=False, comment="the whole claim as JSON"),
    Column("why", Text, nullable=False, comment="the rule behind every slot, as JSON"),
    Column("redacted", String(64), comment="the id that would follow from what it says since then"),
    Index("claims_type_day", "type", "day"),
    Index("claims_day", "day"),
    Index("claims_origin", "origin_id"),
)

CLAIM_PLACES = Table(
    "claim_places",
    METADATA,
    Column("claim", SEQ, ForeignKey("claims.seq"), nullable=False, index=True),
    Column("place", AnyText, nullable=False, comment="its id, or empty"),
    Column("words", AnyText, nullable=False, comment="its words, folded"),
    Column("role", String, nullable=False, comment="place or toward"),
    Index("claim_places_place", "place", "claim"),
    Index("claim_places_words", "words", "claim"),
)

CLAIM_ACTORS = Table(
    "claim_actors",
    METADATA,
    Column("claim", SEQ, ForeignKey("claims.seq"), nullable=False, index=True),
    Column("actor", AnyText, nullable=False, comment="its id, or empty"),
    Column("words", AnyText, nullable=False, comment="its words, folded"),
    Column("role", String, nullable=False, comment="actor or target"),
    Index("claim_actors_actor", "actor", "claim"),
    Index("claim_actors_words", "words", "claim"),
)

DECISIONS = Table(
    "decisions",
    METADATA,
    Column("seq", SEQ, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("author", AnyText, nullable=False),
    Column("made_at", DateTime, nullable=False, comment="UTC"),
    Column("payload", Text, nullable=False, comment="what was decided, as JSON"),
    Column("withdraws", String, index=True, comment="the decision that this one takes back"),
)

DECISION_CLAIMS = Table(
    "decision_claims",
    METADATA,
    Column("decision", SEQ, ForeignKey("decisions.seq"), nullable=False, index=True),
    Column("claim", String, nullable=False, comment="one that it is about"),
    Index("decision_claims_claim", "claim", "decision"),
)

PLACE_POINTS = Table(
    "place_points",
    METADATA,
    Column("place", String, primary_key=True, comment="of every place with coordinates that a claim names"),
    Column("lat", Float(53), nullable=False, index=True),
    Column("lon", Float(53), nullable=False),
)
