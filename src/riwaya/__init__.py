"""Riwaya reads Arabic conflict news and keeps accounts of who says that who did what, where and when.

    import riwaya

    for said in riwaya.read("سيطرت الفصائل على حمص", published="2024-12-08"):
        print(said.claim.type, said.claim.place)

    with riwaya.open_ledger("war.sqlite") as ledger:
        ledger.add("DataExport/result.json")
        ledger.claims(place="حمص").to_pandas()
        riwaya.show(ledger.control("2024-12-08"))

What is named here is the public interface; the rest may change.  Everything but the nouns is imported
when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from riwaya.model import Claim, Extent, Link, Mention, PlaceMention, Quantity, Report, Span, Status

if TYPE_CHECKING:
    from riwaya.library.ledger import Ledger, open_ledger
    from riwaya.library.listing import Cited, Listing, Record
    from riwaya.library.reading import load_packs, read
    from riwaya.library.showing import show

__version__ = "0.1.0"

# Where what is imported later lies.
LATER = {
    "Cited": "riwaya.library.listing",
    "Ledger": "riwaya.library.ledger",
    "Listing": "riwaya.library.listing",
    "Record": "riwaya.library.listing",
    "load_packs": "riwaya.library.reading",
    "open_ledger": "riwaya.library.ledger",
    "read": "riwaya.library.reading",
    "show": "riwaya.library.showing",
}

__all__ = [
    "Cited",
    "Claim",
    "Extent",
    "Ledger",
    "Link",
    "Listing",
    "Mention",
    "PlaceMention",
    "Quantity",
    "Record",
    "Report",
    "Span",
    "Status",
    "__version__",
    "load_packs",
    "open_ledger",
    "read",
    "show",
]


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module 'riwaya' has no attribute {name!r}")
    return getattr(import_module(LATER[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext riwaya``: a bare ``Claim`` or ``Report`` at the end of a cell is rendered."""
    from riwaya.library.showing import register

    register(ipython)
