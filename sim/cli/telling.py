"""How a result is told: in which language, and as what beside its tables and its page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.commands import argument

if TYPE_CHECKING:
    from sim.report.drawing import Assistant

LANGUAGE = argument(
    "--language",
    choices=("en", "sv"),
    default="en",
    help="of the report, its figures and what is shown: English or Swedish (default: en)",
)
XLSX = argument("--xlsx", action="store_true", help="also result.xlsx: all tables in one workbook, a sheet for each")
PDF = argument("--pdf", action="store_true", help="also report.pdf, the report to print")
TELLING = (LANGUAGE, PDF, XLSX)
"""Arguments of every command that writes or shows the report of a result."""


def tell(folder: Path, given: argparse.Namespace, helper: Assistant | None = None) -> list[Path]:
    """Write figures and report of a result, and what else is asked for; returns the files.

    Raises
    ------
    OSError
        If a file cannot be read or written.
    """
    if is_plan(folder):
        from sim.report import plan_page

        return [*plan_page.write(folder, language=given.language), *tell_more(folder, given)]
    from sim import report

    return [*report.write(folder, helper, language=given.language), *tell_more(folder, given)]


def tell_more(folder: Path, given: argparse.Namespace) -> list[Path]:
    """Write what is asked for beside the page; returns the files."""
    files = []
    if given.pdf:
        from sim.report import plan_page, write_pdf

        printed = plan_page.write_pdf if is_plan(folder) else write_pdf
        files.append(printed(folder, language=given.language))
    if given.xlsx:
        from sim.report.plan_workbook import write_plan_workbook
        from sim.report.workbook import write_result

        tables = write_plan_workbook if is_plan(folder) else write_result
        files.append(tables(folder, language=given.language))
    return files


def is_plan(folder: Path) -> bool:
    """Whether the folder holds a plan."""
    from sim.runs.result_folder import PLANNED

    return (folder / PLANNED[0]).is_file()
