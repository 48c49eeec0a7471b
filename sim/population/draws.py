"""Keyed draws of the population: one number per person and attribute."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from sim import chance
from sim.population.table import Floats, Ints
from sim.vocabulary import Purpose


class Attribute(IntEnum):
    """What is drawn; part of the key, so numbers here are never reused."""

    AREA = 1
    AGE = 2
    CHRONIC = 3
    CHRONIC_KIND = 4
    SPECIAL_HOUSING = 5
    RELATIVE = 6
    HOME_HELP = 7
    HOME_NURSING = 8
    TARGET = 9
    PALLIATIVE = 10
    REGISTERED = 11
    SPELL = 12
    FRAILTY = 13
    DEATH = 14
    ENTRY = 15
    WORSENING = 16
    RECOVERY = 17
    QUOTA_RISK = 18
    QUOTA_FAILING = 19
    QUOTA_MOST_ILL = 20


@dataclass(frozen=True)
class Draws:
    """All draws of one replication."""

    key: int

    def uniform(self, persons: Ints, attribute: Attribute, n: int = 0) -> Floats:
        """Numbers in (0, 1), one per person."""
        drawn: Floats = chance.uniform_array(self.key, persons, Purpose.POPULATION, int(attribute), n)
        return drawn

    def exponential(self, persons: Ints, attribute: Attribute, n: int = 0) -> Floats:
        """Exponential numbers with mean 1, one per person."""
        drawn: Floats = chance.exponential_array(self.key, persons, Purpose.POPULATION, int(attribute), n, 1.0)
        return drawn
