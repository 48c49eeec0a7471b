"""What pilots claim and trials found, as data to be tested (påståenden).

A claim is never a parameter: its source may not stand behind any value of a scenario. The rows are in our own words;
``sim/data/claims.csv`` holds them beside their documents.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

ROLES = ("claim", "trial")
"""Roles in the evidence of what is compared with results and never put in."""


@dataclass(frozen=True)
class Reported:
    """One row of what was reported.

    Attributes
    ----------
    id
        Of the evidence.
    pilot
        Pilots of the library that it is compared with, ``;`` between.
    says
        In our own words.
    metric, outcome
        What was counted; and the outcome of a simulation nearest to it, if there is one.
    effect, low, high, unit
        As text, since some are not numbers.
    n, design, months
        People, design behind it and follow-up, as far as known.
    document, address, role
        Where it stands; ``claim`` or ``trial``.
    """

    id: str
    pilot: str
    says: str
    metric: str
    outcome: str
    effect: str
    low: str
    high: str
    unit: str
    n: str
    design: str
    months: str
    document: str
    address: str
    role: str


@cache
def reported() -> Mapping[str, Reported]:
    """Everything reported, by id of the evidence."""
    text = files("sim").joinpath("data", "claims.csv").read_text(encoding="utf-8")
    return {row["id"]: Reported(**row) for row in csv.DictReader(text.splitlines())}
