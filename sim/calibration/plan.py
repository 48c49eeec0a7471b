"""What a calibration is to do (upplägg): the table ``[calibrate]`` of a scenario and options, checked beforehand."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from typing import Any

from sim.calibration.goals import Goals
from sim.calibration.matching import Settings
from sim.calibration.space import Space, space_of
from sim.model.period import CURRENT
from sim.problems import nearest
from sim.runs.identity import Identity, data_digest, versions
from sim.scenario import Problem, Scenario, ScenarioError
from sim.scenario.schema import shown
from sim.validation.targets import Target, all_targets, targets_of

TABLE = "calibrate"
LEAST = {"runs": 10, "replications": 2, "wave": 5, "waves": 1, "ensemble": 1, "exceptions": 0, "seed": 0}
"""Whole numbers of the settings, and the least they may be."""
LISTS = ("fit", "prior", "targets")
WORDS = (*LISTS, *LEAST, "cutoff", "discrepancy")
DISCREPANCY = 0.05
"""Standard deviation of a figure of the model from the same figure of Sweden, as a share, where none is stated."""
REST = "all"
"""In the table of discrepancies: of all targets that are not named."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A calibration that can be run.

    Attributes
    ----------
    space, targets, goals, settings
        Goals are the targets in their order, for the size of the region.
    """

    space: Space
    targets: tuple[Target, ...]
    goals: Goals
    settings: Settings

    @property
    def scenario(self) -> Scenario:
        """What is calibrated."""
        return self.space.scenario


@dataclass(frozen=True, eq=False)
class CalibrationIdentity(Identity):
    """What a calibration is, for the archive."""

    plan: Plan = field(kw_only=True)

    @classmethod
    def of(cls, plan: Plan, engine: str) -> CalibrationIdentity:
        """The identity of a plan."""
        return cls(plan.scenario, (CURRENT,), plan.settings.seed, engine, plan=plan)

    @property
    def kind(self) -> str:
        """``calibrate``."""
        return "calibrate"

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for, for ``experiment.json``."""
        plan = self.plan
        return {
            "calibrate": {
                **dataclasses.asdict(plan.settings),
                "fit": [axis.name for axis in plan.space.axes if not axis.keep],
                "prior": [axis.name for axis in plan.space.axes if axis.keep],
                "targets": list(plan.goals.names),
            }
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that the ensemble depends on, as hex digits."""
        resolved = self.scenario.counted()
        del resolved["reserved"]
        goals = self.plan.goals
        whole = {
            "scenario": resolved,
            "axes": [
                [axis.name, axis.keep, [[key.name, key.low, key.value, key.high] for key in axis.keys]]
                for axis in self.plan.space.axes
            ],
            "goals": [
                [name, *numbers]
                for name, *numbers in zip(
                    goals.names,
                    *(
                        getattr(goals, word).tolist()
                        for word in ("low", "high", "middle", "observation", "discrepancy")
                    ),
                    strict=True,
                )
            ],
            "measures": [target.measure for target in self.plan.targets],
            "settings": dataclasses.asdict(self.plan.settings),
            "engine": self.engine,
            "versions": versions() | {name: version(name) for name in ("scikit-learn", "scipy")},
        }
        return data_digest(whole)


def planned(scenario: Scenario, options: Mapping[str, Any] | None = None) -> Plan:
    """A calibration as asked for.

    Parameters
    ----------
    scenario
        Has a table ``[calibrate]``, unless options say all.
    options
        Of ``WORDS``; they win over the table, None does not count.

    Raises
    ------
    ScenarioError
        With every problem.
    """
    given = {word: value for word, value in (options or {}).items() if value is not None}
    asked = _Asked(scenario, {**scenario.reserved.get(TABLE, {}), **given})
    asked.known()
    settings = asked.settings()
    targets = asked.targets()
    shares = asked.discrepancies(targets)
    names = {word: asked.names(word) for word in ("fit", "prior")}
    if not names["fit"] and not any(problem.where == f"{TABLE}.fit" for problem in asked.problems):
        asked.refuse("fit", "nothing given, the keys of the parameters to be fitted needed")
    space = None
    try:
        space = space_of(scenario, names)
    except ScenarioError as error:
        asked.problems += error.problems
    if asked.problems or space is None:
        raise ScenarioError(asked.problems)
    factors = [target.factor(scenario.region) for target in targets]
    edges = [
        tuple(None if edge is None else edge * factor for edge in target.published)
        for target, factor in zip(targets, factors, strict=True)
    ]
    goals = Goals.of((target.id for target in targets), edges, shares)  # type: ignore[arg-type]
    return Plan(space, targets, goals, settings)


def check_table(scenario: Scenario) -> str:
    """What the table ``[calibrate]`` of a scenario asks for, in a few words.

    Raises
    ------
    ScenarioError
        With every problem.
    """
    plan = planned(scenario)
    kept = sum(axis.keep for axis in plan.space.axes)
    told = f"{len(plan.space.axes) - kept} parameters to be fitted to {len(plan.targets)} targets"
    return f"{told}, {kept} with their prior kept, at most {plan.settings.runs} runs"


class _Asked:
    """Words of the table and what is wrong with them."""

    def __init__(self, scenario: Scenario, table: Mapping[str, Any]) -> None:
        self.scenario, self.table = scenario, table
        self.problems: list[Problem] = []

    def refuse(self, word: str, says: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.scenario.path.name, 0, f"{TABLE}.{word}", says))

    def known(self) -> None:
        """Refuse words that there are not."""
        for word in self.table:
            if word not in WORDS:
                self.refuse(word, f"unknown key{nearest(word, WORDS)}")

    def settings(self) -> Settings:
        """Numbers, where the table has them."""
        found: dict[str, Any] = {}
        for word, least in LEAST.items():
            value = self.table.get(word)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 1 << 63:
                self.refuse(word, f"{shown(value)} given, a whole number of at least {least} needed")
                continue
            found[word] = value
        cutoff = self.table.get("cutoff", 3.0)
        if isinstance(cutoff, bool) or not isinstance(cutoff, int | float) or not cutoff > 0:
            self.refuse("cutoff", f"{shown(cutoff)} given, a number above 0 needed")
        else:
            found["cutoff"] = float(cutoff)
        settings = Settings(**found)
        if settings.runs < settings.replications + settings.wave:
            says = f"{settings.runs} given, at least replications and one wave needed"
            self.refuse("runs", f"{says}: {settings.replications + settings.wave}")
        return settings

    def names(self, word: str) -> list[str]:
        """A list of names."""
        value = self.table.get(word, [])
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            self.refuse(word, f"{shown(value)} given, a list of names needed")
            return []
        return list(dict.fromkeys(value))

    def targets(self) -> tuple[Target, ...]:
        """Those named, or all that are judged."""
        judged = {target.id: target for target in targets_of(self.scenario.region) if target.judged}
        wanted = self.names("targets") or list(judged)
        for name in wanted:
            if name not in judged:
                self.refuse("targets", f"unknown target {shown(name)}{nearest(name, list(judged))}")
        return tuple(judged[name] for name in wanted if name in judged)

    def discrepancies(self, targets: tuple[Target, ...]) -> list[float]:
        """Of each target, as a share."""
        value = self.table.get("discrepancy", DISCREPANCY)
        table = value if isinstance(value, Mapping) else {REST: value}
        # Of all targets there are, so that a few of them may be chosen from a table that speaks of more.
        known = [REST, *(target.id for target in all_targets() if target.judged)]
        for name, share in table.items():
            if name not in known:
                self.refuse("discrepancy", f"unknown target {shown(name)}{nearest(name, known)}")
            elif isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < 1:
                self.refuse("discrepancy", f"{name}: {shown(share)} given, a share from 0 to below 1 needed")
        rest = table.get(REST, DISCREPANCY)
        found = [table.get(target.id, rest) for target in targets]
        return [float(share) if isinstance(share, int | float) else 0.0 for share in found]
