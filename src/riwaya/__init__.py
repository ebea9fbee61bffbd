"""Riwaya reads Arabic conflict news and keeps accounts of who says that who did what, where and when."""

from __future__ import annotations

from riwaya.model import Claim, Extent, Link, Mention, PlaceMention, Quantity, Report, Span, Status

__version__ = "0.1.0"

__all__ = [
    "Claim",
    "Extent",
    "Link",
    "Mention",
    "PlaceMention",
    "Quantity",
    "Report",
    "Span",
    "Status",
    "__version__",
]
