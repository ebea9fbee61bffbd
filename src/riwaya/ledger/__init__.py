"""What was said and what people decided: rows are added, never rewritten."""

from riwaya.ledger.bytes import ByteStore, Files, store_of
from riwaya.ledger.custody import Custody
from riwaya.ledger.decisions import ConflictError
from riwaya.ledger.engines import LEDGERS, open_ledger
from riwaya.ledger.errors import LedgerError
from riwaya.ledger.query import Query, Told
from riwaya.ledger.search import Asked, Hit, NothingAskedError, Page
from riwaya.ledger.snippets import Snippet
from riwaya.ledger.store import Ledger

__all__ = [
    "LEDGERS",
    "Asked",
    "ByteStore",
    "ConflictError",
    "Custody",
    "Files",
    "Hit",
    "Ledger",
    "LedgerError",
    "NothingAskedError",
    "Page",
    "Query",
    "Snippet",
    "Told",
    "open_ledger",
    "store_of",
]
