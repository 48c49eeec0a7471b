"""The population: who lives in the region, who will enter, and their exogenous paths (befolkningen).

`build` gives one frozen table for a replication; both arms of a comparison share it.
"""

from __future__ import annotations

from sim.population.build import build
from sim.population.paths import exogenous_death_time
from sim.population.steady import Steady, steady_state
from sim.population.table import Population

__all__ = ["Population", "Steady", "build", "exogenous_death_time", "steady_state"]
