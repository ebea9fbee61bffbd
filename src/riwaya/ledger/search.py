"""Full-text search: FTS5 in SQLite, a tsvector in PostgreSQL, over the same folded terms.

The index is made of the terms of ``text.findable`` and nothing else, so both engines split and fold alike and
answer a question with the same reports.  It can be dropped and filled again from the reports; offsets of
what was found are computed from the original text, never from the index.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    cast,
    column,
    func,
    inspect,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from riwaya.ledger.query import known_before
from riwaya.ledger.snippets import Snippet, marks, snippets
from riwaya.ledger.tables import CLAIMS, REPORTS
from riwaya.text.findable import Sought, Wanted, forms, wanted

MOST_SPELLINGS = 24  # of one word of a phrase: those the ledger holds most often
MOST_PATHS = 600  # of a phrase; a longer one is looked for pair by pair, then held against the text
MOST_RANKED = 2000  # PostgreSQL reads a whole row to rank it: of more, the newest
MOST_CHECKED = 2000  # reports that a long phrase is held against
LAST_POSITION = 16_383  # PostgreSQL counts no further
MOST_POSITIONS = 255  # of one word in one row
TITLE_WEIGHT, TEXT_WEIGHT = 5.0, 1.0
FILLED_AT_ONCE = 200

SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_index USING "
    "fts5(title, body, content='', tokenize=\"unicode61 remove_diacritics 0\")",
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5vocab(search_index, row)",
)
POSTGRESQL = (
    "CREATE TABLE IF NOT EXISTS search_index "
    "(report BIGINT PRIMARY KEY REFERENCES reports (seq), terms TSVECTOR NOT NULL)",
    "CREATE INDEX IF NOT EXISTS search_index_terms ON search_index USING GIN (terms) WITH (fastupdate = off)",
)


INDEX = table("search_index", column("rowid"), column("report"), column("terms"))
DOCUMENTS = table("search_index_docsize", column("id"))  # FTS5 keeps the length of every text there
RANK_WEIGHTS = f"'{{{TEXT_WEIGHT / TITLE_WEIGHT}, 0, 0, 1}}'::real[]"  # of classes D, C, B and A


class NothingAskedError(ValueError):
    """A question without a word in it that could be found."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look for, in what: reports published in a range, by an outlet, known by a moment.

    ``newest`` sorts by publication instead of by how well a report fits.
    """

    words: str
    outlet: str = ""
    first: datetime | None = None
    last: datetime | None = None
    known_by: datetime | None = None
    newest: bool = False
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A report that holds what was looked for, and where."""

    report: str
    title: str
    outlet: str
    published: str | None
    url: str
    score: float
    claims: int
    snippets: tuple[Snippet, ...]

    def to_json(self) -> dict[str, Any]:
        """The public object; offsets count code points of the original title or text."""
        return {
            "report": self.report,
            "title": self.title,
            "outlet": self.outlet,
            "published": self.published,
            "url": self.url,
            "score": round(self.score, 9),
            "claims": self.claims,
            "snippets": [snippet.to_json() for snippet in self.snippets],
        }


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the reports found, the best first, and how many there are in all."""

    total: int
    hits: tuple[Hit, ...]

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {"total": self.total, "hits": [hit.to_json() for hit in self.hits]}


def create(connection: Connection) -> None:
    """Make the index, empty."""
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Forget the index; it can be filled again from the reports."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("DROP TABLE IF EXISTS search_words"))
    connection.execute(text("DROP TABLE IF EXISTS search_index"))


def put(connection: Connection, reports: Iterable[tuple[int, str, str]]) -> None:
    """Add reports to the index: their number, title and text; in the transaction that keeps them."""
    if connection.dialect.name == "sqlite":
        insert = text("INSERT INTO search_index (rowid, title, body) VALUES (:seq, :title, :body)")
        rows = [{"seq": seq, "title": indexed(title), "body": indexed(said)} for seq, title, said in reports]
    else:
        insert = text(
            "INSERT INTO search_index (report, terms) VALUES (:seq, CAST(:terms AS TSVECTOR)) "
            "ON CONFLICT DO NOTHING"
        )
        rows = [{"seq": seq, "terms": vector(title, said)} for seq, title, said in reports]
    if rows:
        connection.execute(insert, rows)


def forget(connection: Connection, seq: int, title: str, said: str) -> None:
    """Take a report out of the index, given as it was put in."""
    if connection.dialect.name == "sqlite":
        delete = text(
            "INSERT INTO search_index (search_index, rowid, title, body) "
            "VALUES ('delete', :seq, :title, :body)"
        )
        connection.execute(delete, {"seq": seq, "title": indexed(title), "body": indexed(said)})
    else:
        connection.execute(text("DELETE FROM search_index WHERE report = :seq"), {"seq": seq})


def fill(begin: Callable[[], Any], progress: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Put every report that the index lacks into it, some at a time; how many there were."""
    done = after = 0
    with begin() as connection:
        total = connection.scalar(select(func.count()).select_from(lacking(connection).subquery())) or 0
    while done < total:
        with begin() as connection:
            asked = (
                lacking(connection).where(REPORTS.c.seq > after).order_by(REPORTS.c.seq).limit(FILLED_AT_ONCE)
            )
            rows = list(connection.execute(asked))
            put(connection, ((row.seq, row.title, row.text) for row in rows))
        if not rows:
            break
        after, done = rows[-1].seq, done + len(rows)
        progress(done, total)
    return done


def lacking(connection: Connection) -> Select[Any]:
    """The reports that the index lacks."""
    there = select(DOCUMENTS.c.id if connection.dialect.name == "sqlite" else INDEX.c.report)
    return select(REPORTS.c.seq, REPORTS.c.title, REPORTS.c.text).where(REPORTS.c.seq.not_in(there))


def differs(connection: Connection) -> tuple[int, int]:
    """How many reports the index lacks, and how many rows of it belong to none.

    An index that is not there lacks every report.
    """
    if not inspect(connection).has_table("search_index"):
        return connection.scalar(select(func.count()).select_from(REPORTS)) or 0, 0
    number = DOCUMENTS.c.id if connection.dialect.name == "sqlite" else INDEX.c.report
    more = select(func.count()).where(number.not_in(select(REPORTS.c.seq)))
    lacks = select(func.count()).select_from(lacking(connection).subquery())
    return connection.scalar(lacks) or 0, connection.scalar(more) or 0


def indexed(said: str) -> str:
    """A text as FTS5 is given it: its terms, parted by spaces."""
    return " ".join(forms(said))


def vector(title: str, said: str) -> str:
    """A text as PostgreSQL is given it: terms with their places, those of the title in class A.

    A gap between title and text keeps a phrase from reaching over both.
    """
    places: dict[str, list[str]] = {}
    above = forms(title)
    for at, form in enumerate(above, 1):
        places.setdefault(form, []).append(f"{min(at, LAST_POSITION)}A")
    for at, form in enumerate(forms(said), len(above) + 2):
        held = places.setdefault(form, [])
        if len(held) < MOST_POSITIONS:
            held.append(str(min(at, LAST_POSITION)))
    return " ".join(f"'{form}':{','.join(at)}" for form, at in places.items())


def search(connection: Connection, asked: Asked) -> Page:
    """The reports that hold everything looked for.

    Where nothing does, letters joined before the words asked for are taken off (وحمص as حمص).

    Raises:
        NothingAskedError: where there is no word to look for.
    """
    things = wanted(asked.words)
    if all(one.without for one in things):
        raise NothingAskedError("no word to look for")
    page = found(connection, things, asked)
    if not page.total and (looser := tuple(one.loosened() for one in things)) != things:
        page = found(connection, looser, asked)
    return page


def holding(connection: Connection, words: str) -> Select[Any] | None:
    """The numbers of the reports that hold the words, for use inside another question; None where none does.

    Raises:
        NothingAskedError: where there is no word to look for.
    """
    things = wanted(words)
    if all(one.without for one in things):
        raise NothingAskedError("no word to look for")
    sought = [Sought.of_wanted(one) for one in things]
    if connection.dialect.name == "sqlite":
        expression = fts5(sought, lambda forms: held_words(connection, forms))
        matches = text("search_index MATCH :expression").bindparams(expression=expression)
        return None if expression is None else select(INDEX.c.rowid).where(matches)
    expression = tsquery(sought, lambda forms: held_lexemes(connection, forms))
    question = cast(bindparam("question", expression), TSQUERY)
    return None if expression is None else select(INDEX.c.report).where(INDEX.c.terms.op("@@")(question))


def found(connection: Connection, things: Sequence[Wanted], asked: Asked) -> Page:
    """One attempt: those that match, then what stands where in those shown."""
    sought = [Sought.of_wanted(one) for one in things]
    engine = sqlite_match if connection.dialect.name == "sqlite" else postgresql_match
    matching = engine(connection, sought, asked)
    if matching is None:
        return Page(0, ())
    total, rows = matching
    scores = {row.seq: float(row.score) for row in rows}
    reports = {row.seq: row for row in connection.execute(select(REPORTS).where(REPORTS.c.seq.in_(scores)))}
    counted = (
        select(CLAIMS.c.report, func.count()).where(CLAIMS.c.report.in_(scores)).group_by(CLAIMS.c.report)
    )
    claims = {row[0]: row[1] for row in connection.execute(counted)}
    return Page(
        total, tuple(hit(reports[seq], score, claims.get(seq, 0), sought) for seq, score in scores.items())
    )


def hit(report: Any, score: float, claims: int, sought: Sequence[Sought]) -> Hit:
    """A report as it is shown."""
    return Hit(
        report.id,
        report.title,
        report.outlet,
        report.published,
        report.url,
        score,
        claims,
        snippets(report.title, report.text, sought),
    )


def narrowed(asked: Asked) -> list[Any]:
    """The conditions on the reports themselves."""
    conditions: list[Any] = []
    if asked.outlet:
        conditions.append(REPORTS.c.outlet == asked.outlet)
    if asked.first:
        conditions.append(REPORTS.c.known_wall >= asked.first.replace(tzinfo=None))
    if asked.last:
        conditions.append(REPORTS.c.known_wall <= asked.last.replace(tzinfo=None))
    if asked.known_by:
        conditions.append(known_before(asked.known_by))
    return conditions


Matching = tuple[int, list[Any]]


def sqlite_match(connection: Connection, sought: Sequence[Sought], asked: Asked) -> Matching | None:
    """How many reports match in FTS5, and the page asked for."""
    expression = fts5(sought, lambda forms: held_words(connection, forms))
    if expression is None:
        return None
    matches = text("search_index MATCH :expression").bindparams(expression=expression)
    score: Any = literal_column(f"-bm25(search_index, {TITLE_WEIGHT}, {TEXT_WEIGHT})").label("score")
    source: Any = INDEX
    conditions = narrowed(asked)
    if conditions or asked.newest:
        source = INDEX.join(REPORTS, REPORTS.c.seq == INDEX.c.rowid)
    total = connection.scalar(select(func.count()).select_from(source).where(matches, *conditions)) or 0
    page = select(INDEX.c.rowid.label("seq"), score).select_from(source).where(matches, *conditions)
    order = (REPORTS.c.known_utc.desc(),) if asked.newest else (literal_column("score").desc(),)
    page = page.order_by(*order, INDEX.c.rowid.desc())
    long = [one for one in sought if not one.of.without and paths(connection, one) > MOST_PATHS]
    if long:
        rows = list(connection.execute(page.limit(MOST_CHECKED)))
        kept = [row for row in rows if all(stands(connection, row.seq, one) for one in long)]
        return total - len(rows) + len(kept), kept[asked.offset : asked.offset + asked.limit]
    return total, list(connection.execute(page.limit(asked.limit).offset(asked.offset)))


def paths(connection: Connection, phrase: Sought) -> int:
    """How many ways there are through the spellings of a phrase's words."""
    each = [held_words(connection, spelled)[:MOST_SPELLINGS] for spelled in phrase.spellings]
    return math.prod(map(len, each)) if len(each) > 2 else 0


def stands(connection: Connection, seq: int, phrase: Sought) -> bool:
    """Whether a phrase stands in a report, held against its text."""
    row = connection.execute(select(REPORTS.c.title, REPORTS.c.text).where(REPORTS.c.seq == seq)).one()
    return any(marks(said, [phrase]) for said in row)


def held_words(connection: Connection, spelled: Iterable[str]) -> list[str]:
    """Those spellings that stand in any report, the most frequent first."""
    asked = text("SELECT term FROM search_words WHERE term IN :forms ORDER BY doc DESC, term").bindparams(
        bindparam("forms", expanding=True)
    )
    return list(connection.scalars(asked, {"forms": list(spelled)}))


def fts5(sought: Sequence[Sought], held: Callable[[Iterable[str]], list[str]]) -> str | None:
    """The question in the words of FTS5; None where something looked for stands nowhere."""
    wanted_parts: list[str] = []
    unwanted_parts: list[str] = []
    for one in sought:
        part = fts5_words(one, held) if len(one.spellings) == 1 else fts5_phrase(one, held)
        if one.of.without:
            unwanted_parts += [part] if part else []
        elif part is None:
            return None
        else:
            wanted_parts.append(part)
    question = " AND ".join(f"({part})" for part in wanted_parts)
    return f"({question}) NOT ({' OR '.join(unwanted_parts)})" if unwanted_parts else question


def fts5_words(one: Sought, held: Callable[[Iterable[str]], list[str]]) -> str | None:
    """One word in all its spellings."""
    if one.beginnings:
        return " OR ".join(f'"{form}" *' for form in sorted(one.beginnings))
    return " OR ".join(f'"{form}"' for form in held(one.spellings[0])) or None


def fts5_phrase(one: Sought, held: Callable[[Iterable[str]], list[str]]) -> str | None:
    """Words side by side: every path through their spellings, or every pair where those are too many."""
    each = [held(spelled)[:MOST_SPELLINGS] for spelled in one.spellings[: None if not one.beginnings else -1]]
    if one.beginnings:
        each.append([f"{form}*" for form in sorted(one.beginnings)][:MOST_SPELLINGS])
    if not all(each):
        return None
    short = math.prod(map(len, each)) <= MOST_PATHS
    runs = [each] if short else [each[n : n + 2] for n in range(len(each) - 1)]
    return " AND ".join("(" + " OR ".join(map(quoted, product(*run))) + ")" for run in runs)


def quoted(words: Sequence[str]) -> str:
    """A phrase of FTS5; a star behind the last word lets it go on."""
    star = " *" if words[-1].endswith("*") else ""
    return f'"{" ".join(words).removesuffix("*")}"{star}'


def postgresql_match(connection: Connection, sought: Sequence[Sought], asked: Asked) -> Matching | None:
    """How many reports match in PostgreSQL, and the page asked for.

    Ranking reads every row whole, so of more than ``MOST_RANKED`` reports the newest are ranked.
    """
    # The planner overrates how often many spellings stand, and would rather read every row.
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    connection.execute(text("SET LOCAL jit = off"))
    expression = tsquery(sought, lambda forms: held_lexemes(connection, forms))
    if expression is None:
        return None
    question = cast(bindparam("question", expression), TSQUERY)
    holding = select(INDEX.c.report.label("seq")).where(INDEX.c.terms.op("@@")(question)).cte("holding")
    matching = select(holding.c.seq, REPORTS.c.known_utc).join(REPORTS, REPORTS.c.seq == holding.c.seq)
    chosen = matching.where(*narrowed(asked)).cte("matching").prefix_with("MATERIALIZED")
    newest = select(chosen.c.seq).order_by(chosen.c.known_utc.desc(), chosen.c.seq.desc())
    total = select(func.count()).select_from(chosen).scalar_subquery().label("total")
    if asked.newest:
        page = newest.add_columns(literal_column("0.0").label("score"), total)
    else:
        ranked = newest.limit(MOST_RANKED).subquery()
        score: Any = func.ts_rank(literal_column(RANK_WEIGHTS), INDEX.c.terms, question).label("score")
        page = select(ranked.c.seq, score, total).join(INDEX, INDEX.c.report == ranked.c.seq)
        page = page.order_by(score.desc(), ranked.c.seq.desc())
    rows = list(connection.execute(page.limit(asked.limit).offset(asked.offset)))
    if not rows and asked.offset:
        return connection.scalar(select(func.count()).select_from(chosen)) or 0, []
    return (rows[0].total if rows else 0), rows


def held_lexemes(connection: Connection, spelled: Iterable[str]) -> list[str]:
    """Those spellings that stand in any report."""
    asked = text(
        "SELECT form FROM unnest(CAST(:forms AS text[])) AS asked (form) WHERE EXISTS "
        "(SELECT 1 FROM search_index WHERE terms @@ CAST(quote_literal(form) AS tsquery)) ORDER BY form"
    )
    return list(connection.scalars(asked, {"forms": list(spelled)}))


def tsquery(sought: Sequence[Sought], held: Callable[[Iterable[str]], list[str]]) -> str | None:
    """The question in the words of PostgreSQL; None where something looked for stands nowhere."""
    parts = []
    for one in sought:
        each = ["|".join(f"'{form}'" for form in held(spelled)) for spelled in one.spellings]
        if one.beginnings:
            each[-1] = "|".join(f"'{form}':*" for form in sorted(one.beginnings))
        if all(each):
            phrase = " <-> ".join(f"({alternatives})" for alternatives in each)
            parts.append(f"{'!' if one.of.without else ''}({phrase})")
        elif not one.of.without:
            return None
    return " & ".join(parts)
