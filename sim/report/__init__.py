"""The report (rapport): figures, tables and words from the files of a result folder."""

from sim.report.drawing import assistant
from sim.report.figures import figure
from sim.report.page import write, write_pdf
from sim.report.terminal import show
from sim.report.warming import warm_up

__all__ = ["assistant", "figure", "show", "warm_up", "write", "write_pdf"]
