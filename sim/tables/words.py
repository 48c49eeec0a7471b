"""Other words that tables may have (synonymer): Swedish headings and names beside the model's own, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

Words = Mapping[str, tuple[str, ...]]
"""Other words of each name; the first is the Swedish term."""


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(files("sim").joinpath("data", "table_words.toml").read_text(encoding="utf-8"))


def _words(table: Mapping[str, Any]) -> Words:
    return {name: tuple(words) for name, words in table.items()}


def of_columns(kind: str) -> Words:
    """Other headings of a kind of table; none if it is not told of."""
    return _words(_data()["columns"].get(kind, {}))


def of_sheets() -> Words:
    """Other names of sheets."""
    return _words(_data()["sheets"])


def of_services() -> Words:
    """Other names of services."""
    return _words(_data()["services"])


def between_services() -> Words:
    """Words that may mean several services, which are not taken for one."""
    return _words(_data()["services_between"])


def of_age_bands() -> Words:
    """Other names of age bands."""
    return _words(_data()["age_bands"])


def of_places() -> Words:
    """Other names of places that every region has."""
    return _words(_data()["places"])


def of_totals() -> tuple[str, ...]:
    """Words for a total over ages, sexes or regions in official tables."""
    return tuple(_data()["totals"]["words"])
