"""PROV-JSON (W3C): which report was read by what, with which packs, and which claims came of it.

PROV-JSON groups by kind of record, so each kind is gathered aside while the ledger is gone through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO
from urllib.parse import quote

from riwaya.exports.jsonl import dumped
from riwaya.exports.rows import Asked, reports
from riwaya.model import Report

Record = tuple[str, dict[str, Any]]
IN_MEMORY = 4 * 1024 * 1024  # bytes of each kind, before it goes to the disk
SHARED = ("pack:", "reader:")  # what many reports have in common
PREFIXES = {
    "report": "urn:riwaya:report:",
    "reading": "urn:riwaya:reading:",
    "claim": "urn:riwaya:claim:",
    "pack": "urn:riwaya:pack:",
    "reader": "urn:riwaya:reader:",
    "riwaya": "urn:riwaya:term:",
}


def write(asked: Asked, out: BinaryIO) -> int:
    """One document; says how many claims are in it."""
    count = 0
    with ExitStack() as stack:
        sections = {name: stack.enter_context(SpooledTemporaryFile(IN_MEMORY)) for name in SECTIONS}
        once: set[str] = set()
        for report, said in reports(asked):
            custody = asked.ledger.custody(report.id)
            count += len(said)
            for name, records in SECTIONS.items():
                for key, record in records(report, said, custody):
                    if key not in once:
                        sections[name].write(b",\n" + dumped(key) + b":" + dumped(record))
                    if key.startswith(SHARED):
                        once.add(key)
        out.write(b'{"prefix":' + dumped(PREFIXES))
        for name, section in sections.items():
            section.seek(1)  # the first comma stands before nothing
            out.write(b",\n" + dumped(name) + b":{")
            copyfileobj(section, out)
            out.write(b"}")
        out.write(b"}\n")
    return count


def entities(report: Report, said: tuple[Any, ...], custody: Any) -> Iterator[Record]:
    """The report with its hash, the packs, and each claim."""
    about = {"prov:label": report.title, "riwaya:outlet": report.outlet, "riwaya:url": report.url}
    about |= {"riwaya:published": report.published.isoformat() if report.published else ""}
    if custody:
        about |= {"riwaya:sha256": custody.sha256, "riwaya:source": custody.source}
        yield name("pack", custody.pack), {"prov:type": "riwaya:Pack"}
    yield (
        name("report", report.id),
        {"prov:type": "riwaya:Report"} | {key: value for key, value in about.items() if value},
    )
    for told in said:
        claim = told.claim
        yield (
            name("claim", claim["id"]),
            {
                "prov:type": "riwaya:Claim",
                "prov:value": claim["evidence"]["text"],
                "riwaya:type": claim["type"],
                "riwaya:status": claim["status"],
                "riwaya:characters": f"{claim['evidence']['start']},{claim['evidence']['end']}",
            },
        )


def activities(report: Report, said: tuple[Any, ...], custody: Any) -> Iterator[Record]:
    """The reading of a report: by which command, when it came in."""
    record = {"prov:type": "riwaya:Reading"}
    if custody:
        record |= {"riwaya:command": custody.command, "prov:endTime": custody.received_at.isoformat()}
    yield name("reading", report.id), record


def agents(report: Report, said: tuple[Any, ...], custody: Any) -> Iterator[Record]:
    """What read it."""
    for told in said:
        yield name("reader", told.claim["reader"]), {"prov:type": "prov:SoftwareAgent"}


def used(report: Report, said: tuple[Any, ...], custody: Any) -> Iterator[Record]:
    """A reading uses the report and the packs."""
    reading = name("reading", report.id)
    read = [name("report", report.id), *([name("pack", custody.pack)] if custody else [])]
    for number, thing in enumerate(read):
        yield f"_:u{number}-{bare(report.id)}", {"prov:activity": reading, "prov:entity": thing}


def generated(report: Report, said: tuple[Any, ...], custody: Any) -> Iterator[Record]:
    """Claims come of a reading."""
    for told in said:
        id = told.claim["id"]
        made = {"prov:entity": name("claim", id), "prov:activity": name("reading", report.id)}
        yield f"_:g-{id}", made


def derived(report: Report, said: tuple[Any, ...], custody: Any) -> Iterator[Record]:
    """A claim is derived from its report."""
    for told in said:
        id = told.claim["id"]
        yield (
            f"_:d-{id}",
            {"prov:generatedEntity": name("claim", id), "prov:usedEntity": name("report", report.id)},
        )


def associated(report: Report, said: tuple[Any, ...], custody: Any) -> Iterator[Record]:
    """A reading is done by a reader."""
    for reader in sorted({told.claim["reader"] for told in said}):
        yield (
            f"_:a-{bare(report.id)}-{bare(reader)}",
            {"prov:activity": name("reading", report.id), "prov:agent": name("reader", reader)},
        )


SECTIONS: dict[str, Callable[[Report, tuple[Any, ...], Any], Iterator[Record]]] = {
    "entity": entities,
    "activity": activities,
    "agent": agents,
    "used": used,
    "wasGeneratedBy": generated,
    "wasDerivedFrom": derived,
    "wasAssociatedWith": associated,
}


def name(kind: str, id: str) -> str:
    """A qualified name."""
    return f"{kind}:{bare(id)}"


def bare(id: str) -> str:
    """An id as the local part of a name."""
    return quote(id, safe="", errors="replace")
