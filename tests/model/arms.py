"""Arms of a replication for tests: run them, and look at their rows as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sim.buffers import World
from sim.engine import Records, Simulation
from sim.model.world import Setting
from sim.replication.beginning import begin, govern
from sim.scenario import Scenario
from sim.vocabulary import (
    CONTACT_KNOWN,
    CONTACT_PLAN,
    NEED_DETECTED_BY,
    NEED_GENERATIONS,
    NEED_INDEXES,
    NEED_LEVEL,
    NEED_OFFSPRING,
    NEED_TYPE,
    TAG_ENROLLED,
    Kind,
)


@dataclass(frozen=True, eq=False)
class ArmRun:
    """One arm, run to its end."""

    setting: Setting
    simulation: Simulation

    @property
    def world(self) -> World:
        """The world at the end."""
        return self.simulation.world

    @property
    def start(self) -> int:
        """T0 in seconds."""
        return self.setting.period.starts

    @cached_property
    def records(self) -> Records:
        """The rows."""
        return self.simulation.records()

    @cached_property
    def table(self) -> pd.DataFrame:
        """The rows, with the bits of `detail` that tests look at."""
        table = pd.DataFrame({name: np.asarray(column, np.int64) for name, column in self.records.columns()})
        detail = table.detail
        table["enrolled"] = detail // TAG_ENROLLED % 2
        table["type"] = detail // NEED_TYPE % 4
        table["level"] = detail // NEED_LEVEL % 8
        table["offspring"] = detail // NEED_OFFSPRING % 2
        table["detected_by"] = detail // NEED_DETECTED_BY % 4
        table["known"] = detail // CONTACT_KNOWN % 2
        table["on_plan"] = detail // CONTACT_PLAN % 2
        table["wait"] = np.where(table.started >= 0, table.started - table.asked, -1)
        table["length"] = np.where((table.started >= 0) & (table.ended >= 0), table.ended - table.started, -1)
        return table

    def rows(self, *kinds: Kind) -> pd.DataFrame:
        """Rows of these kinds that were opened from T0 on."""
        return self.table[self.table.kind.isin(kinds) & (self.table.asked >= self.start)]

    def units(self, name: str) -> list[int]:
        """Resource ids of a service."""
        return [int(number) for number in self.world.array(f"units.{name}")]

    def capacity(self, name: str) -> float:
        """Unit-seconds present at the units of a service from T0 on."""
        totals = self.simulation.accumulators()
        after = totals.starts >= self.start
        return float(totals.capacity_area[after][:, self.units(name)].sum())


def run_arm(
    scenario: Scenario, governance: str, seed: int = 1, engine: str = "compiled", until: int | None = None
) -> ArmRun:
    """One arm from the start of time, as far as `until`, at least T0 (by default the horizon)."""
    begun = begin(scenario, seed, 0, engine)
    period = begun.setting.period
    begun.simulation.run(period.starts)
    govern(begun.setting, begun.simulation, governance)
    begun.simulation.run(period.horizon if until is None else max(until, period.starts))
    return ArmRun(begun.setting, begun.simulation)


def run_arms(scenario: Scenario, governances: Sequence[str], seed: int = 1) -> dict[str, ArmRun]:
    """Arms on the compiled engine, all forked at T0 from one run."""
    begun = begin(scenario, seed, 0, "compiled")
    period = begun.setting.period
    begun.simulation.run(period.starts)
    arms = {}
    for name in governances:
        simulation: Any = begun.simulation
        copy = simulation.fork()
        govern(begun.setting, copy, name)
        copy.run(period.horizon)
        arms[name] = ArmRun(begun.setting, copy)
    return arms


def all_off(scenario: Scenario) -> Scenario:
    """The scenario with every lever off under `current`, and a governance `off` that is the same."""
    return scenario.with_levers("off", {}).with_levers("current", {}, base="off")


def index_of(need: pd.Series) -> pd.Series:
    """Index within its calendar window in the identity of needs."""
    return need // NEED_GENERATIONS % NEED_INDEXES


def generation_of(need: pd.Series) -> pd.Series:
    """Generation in the identity of needs; 0 for candidates."""
    return need % NEED_GENERATIONS
