"""The report (rapport): figures, tables and words from the files of a result folder."""

from sim.report.page import write
from sim.report.terminal import show

__all__ = ["show", "write"]
