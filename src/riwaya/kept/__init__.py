"""Conclusions kept beside the ledger, block by block: a new report touches what it concerns and no more.

What is kept is what ``views.Conclusions`` would conclude from everything known, and can be dropped and
made again.  Questions about what was known by a moment are answered from the same tables, and only what
was told across that moment is concluded anew.
"""

from riwaya.kept.found import Found
from riwaya.kept.refresh import Kept

__all__ = ["Found", "Kept"]
