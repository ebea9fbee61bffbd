"""Reports in: one function per kind of input, listed in ``SOURCES``."""

from riwaya.sources.kinds import SOURCES, Source, reports
from riwaya.sources.received import Given, Problem, Received

__all__ = ["SOURCES", "Given", "Problem", "Received", "Source", "reports"]
