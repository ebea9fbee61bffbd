"""Knowledge out: one file per format, listed in ``EXPORTS``."""

from riwaya.exports.formats import EXPORTS, Export, export_named
from riwaya.exports.names import Names
from riwaya.exports.rows import Asked

__all__ = ["EXPORTS", "Asked", "Export", "Names", "export_named"]
