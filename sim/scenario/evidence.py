"""The evidence that ships with the model: which source ids exist, and what each may be used for."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sim.problems import nearest

ASSUMPTION = "assumption"
"""Source of a value nobody has measured; it needs a range all the more."""

USABLE = ("parameter", "target", "audit")
"""Roles that may stand behind a parameter. What pilots claim, trials found and checks expect is kept for
comparing with the result; put in, it would only come out again."""


@dataclass(frozen=True)
class Evidence:
    """One row of evidence; `value`, `low` and `high` as text, since some are not numbers."""

    id: str
    name: str
    value: str
    low: str
    high: str
    unit: str
    source: str
    role: str


@cache
def shipped_evidence() -> Mapping[str, Evidence]:
    """Evidence by id, in the order of the file."""
    text = files("sim").joinpath("data", "evidence.csv").read_text(encoding="utf-8")
    return {row["id"]: Evidence(**row) for row in csv.DictReader(text.splitlines())}


def source_ids(source: str) -> list[str]:
    """The ids in a source text: one, or several with ``;`` or ``,`` between."""
    return [part for part in re.split(r"\s*[;,]\s*", source.strip()) if part]


def source_problems(source: str, own: Mapping[str, str]) -> list[str]:
    """What is wrong with the source of a parameter.

    Parameters
    ----------
    source
        Text of the source field.
    own
        Ids a scenario declares itself, with what they refer to.
    """
    known = shipped_evidence()
    found = []
    for id_ in source_ids(source):
        if id_ == ASSUMPTION or id_ in own:
            continue
        if id_ not in known:
            suggestion = nearest(id_, [ASSUMPTION, *known, *own])
            found.append(f"unknown source '{id_}'{suggestion or '; declare it under [sources]'}")
        elif known[id_].role not in USABLE:
            found.append(f"source '{id_}' is a {known[id_].role}; only {', '.join(USABLE)} may be used")
    return found
