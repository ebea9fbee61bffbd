"""A plain text file: one report, its text exactly the decoded bytes."""

from __future__ import annotations

from riwaya.model import Report
from riwaya.sources.dates import settled
from riwaya.sources.decode import NotTextError, decode
from riwaya.sources.language import language
from riwaya.sources.received import Given, Input, Problem, Results, receive

KIND = "text"


def fits(source: Input) -> bool:
    """Anything may be text; whether it is shows when it is decoded."""
    return True


def read(source: Input, given: Given) -> Results:
    """The file as one report; its day and outlet are only known if somebody says them."""
    raw = source.bytes()
    try:
        found = decode(raw, declared=source.charset)
    except NotTextError as error:
        yield Problem(source.where, str(error), "save it as UTF-8 text, a web page or JSON Lines")
        return
    if not found.text.strip():
        yield Problem(source.where, "empty: there is nothing to read")
        return
    published, dated = settled((), given, found.text)
    report = Report(
        found.text,
        outlet=given.outlet,
        published=published,
        url=source.address,
        language=language(found.text),
    )
    yield receive(report, raw, source.where, KIND, dated)
    if found.damaged:
        yield Problem(
            source.where,
            f"{found.damaged} places are not {found.encoding}; read with � there",
            "the file was cut or copied badly",
            lost=False,
        )
