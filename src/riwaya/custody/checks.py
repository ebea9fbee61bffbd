"""Whether what a ledger keeps is still what it was: text, claims, decisions and bytes, by their hashes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Any

from riwaya.ledger import ByteStore, Custody
from riwaya.ledger.bytes import ANSWER, digest
from riwaya.ledger.rows import Kept, Ruling
from riwaya.ledger.said import claim_of, spans_of
from riwaya.sources import Received
from riwaya.sources.kinds import read_one
from riwaya.sources.received import Given, Input

HEAD = 4096
DAMAGED = (OSError, EOFError, zlib.error)


class State(StrEnum):
    """What a check found; unknown means that there is nothing to hold it against."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked, what was found, and in words."""

    what: str
    state: State
    says: str

    def to_json(self) -> dict[str, str]:
        """The public object."""
        return {"what": self.what, "state": self.state.value, "says": self.says}


def check(what: str, holds: bool, right: str, wrong: str) -> Check:
    """A check with its words."""
    return Check(what, State.HOLDS if holds else State.FAILS, right if holds else wrong)


def text(kept: Kept) -> Check:
    """The text and everything else a report says about itself."""
    wrong = "the text, or what is said about it, is not what was kept"
    changed = f", {kept.redacted} since a person was taken out of it" if kept.redacted else ""
    return check("text", kept.holds, f"SHA-256 {kept.hash}{changed}", wrong)


def claims(kept: Kept, said: Iterable[tuple[dict[str, Any], list[dict[str, str]]]]) -> Check:
    """Every claim's id, and every span against the text."""
    count, wrong = 0, []
    for body, why in said:
        count += 1
        try:
            claim = claim_of(body, why)
        except ValueError as error:
            wrong.append(str(error))
            continue
        if claim.report != kept.report.id:
            wrong.append(f"the claim {claim.id} is about the report {claim.report!r}")
        elif any(span.of(kept.report.text) != words for span, words in spans_of(claim)):
            wrong.append(f"the claim {claim.id} points at other words than it quotes")
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return check("claims", not wrong, f"{count} claims", wrong[0] + more if wrong else "")


def decisions(rulings: Iterable[Ruling]) -> Check:
    """Every decision's id."""
    found = list(rulings)
    wrong = [one.id for one in found if one.hash != one.id]
    return check(
        "decisions", not wrong, f"{len(found)} decisions", f"not what was decided: {', '.join(wrong)}"
    )


@contextmanager
def at_hand(custody: Custody, store: ByteStore | None) -> Iterator[tuple[Check, Path | None]]:
    """The file that something came in, checked; None where there is none or it is another."""
    if not custody.file:
        yield Check("bytes", State.UNKNOWN, "the file it came in was not noted"), None
    elif store and store.has(custody.file):
        with TemporaryDirectory(prefix="riwaya-") as folder:
            yield unpacked(custody, store, Path(folder) / "file")
    elif custody.left_at:
        yield left(custody)
    elif store and store.folder.is_dir():
        yield Check("bytes", State.FAILS, f"not in {store.folder}"), None
    else:
        yield Check("bytes", State.UNKNOWN, "the bytes are not kept with this ledger"), None


def unpacked(custody: Custody, store: ByteStore, aside: Path) -> tuple[Check, Path | None]:
    """A file out of the store, as it was received."""
    try:
        with store.open(custody.file) as stream, aside.open("wb") as out:
            copyfileobj(stream, out)
    except DAMAGED as error:
        return Check("bytes", State.FAILS, f"{store.path(custody.file)}: damaged: {error}"), None
    return compared(custody, aside, store.path(custody.file))


def left(custody: Custody) -> tuple[Check, Path | None]:
    """A file where it was left."""
    path = Path(custody.left_at)
    try:
        return compared(custody, path, path)
    except OSError as error:
        why = error.strerror or str(error)
        return Check("bytes", State.FAILS, f"not kept, and {path} cannot be read: {why}"), None


def compared(custody: Custody, path: Path, shown: Path) -> tuple[Check, Path | None]:
    """A file by its hash."""
    with path.open("rb") as stream:
        sha256, _ = digest(stream)
    if sha256 != custody.file:
        return Check("bytes", State.FAILS, f"{shown}: other bytes than were received ({sha256})"), None
    return Check("bytes", State.HOLDS, f"SHA-256 {sha256} at {shown}"), path


def anew(custody: Custody, path: Path) -> Iterator[Received]:
    """What comes of a file when it is read again."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    for result in read_one(Input(custody.file_name, head, path=path, **answer(custody)), Given()):
        if isinstance(result, Received):
            yield result


def answer(custody: Custody) -> dict[str, Any]:
    """What a server said of a file, where one did."""
    try:
        said = json.loads(custody.answer or "{}")
    except (ValueError, RecursionError):
        return {}
    known = isinstance(said, dict)
    return {name: str(said[name]) for name in ANSWER if name in said} if known else {}


def record(kept: Kept, custody: Custody, texts: Iterable[str] | None) -> Check:
    """Whether a report's text is among those that its record gives now; None where no bytes are at hand."""
    if texts is None:
        return Check("record", State.UNKNOWN, "cannot be looked up without the bytes")
    given = list(texts)
    if not given:
        return Check("record", State.FAILS, f"no record in the file has the SHA-256 {custody.sha256}")
    wrong = "its record gives another text: one was changed, or this version of riwaya reads it otherwise"
    return check("record", kept.report.text in given, f"SHA-256 {custody.sha256}, and the same text", wrong)
