"""What was said and what people decided: rows are added, never rewritten."""

from riwaya.ledger.custody import Custody
from riwaya.ledger.engines import LEDGERS, open_ledger
from riwaya.ledger.errors import LedgerError
from riwaya.ledger.query import Query, Told
from riwaya.ledger.store import Ledger

__all__ = ["LEDGERS", "Custody", "Ledger", "LedgerError", "Query", "Told", "open_ledger"]
