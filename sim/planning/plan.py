"""The table ``[plan]`` of a scenario (planens frågor): what may be staffed how, for how much, and how surely to select.

Checked whole before anything runs. Designs over the budget are known from the calendar alone and never simulated.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise, product
from math import prod
from pathlib import Path
from typing import Any

from sim.files import SCENARIO_BYTES, read_text
from sim.model.period import CURRENT
from sim.outcomes import OUTCOMES
from sim.planning.costing import Cost, Costing
from sim.planning.ranking import METHODS, SCREENINGS, Rule
from sim.planning.staffing import RESOURCES, Rows, read_staffing
from sim.planning.variables import (
    TABLE,
    Changes,
    Design,
    Level,
    Staffed,
    Variable,
    design_of,
    full_key,
    is_whole,
    key_problem,
    level_problem,
    own_value,
    unit_of,
)
from sim.problems import nearest
from sim.scenario import Problem, Scenario, ScenarioError
from sim.scenario.keys import beyond_range, resolve
from sim.scenario.lines import key_lines
from sim.scenario.region import SERVICES
from sim.scenario.schema import Scalar, shown
from sim.statistics.design import Asked, Refusals, flat, rounded
from sim.sweeps.sweep_plan import SWEPT
from sim.vocabulary import Service

WORD = "plan"
TABLES = ("vary", "patterns", "units", "prices", "budget", "reference")
NUMBERS: Mapping[str, tuple[float, float]] = {
    "zone_days": (1e-9, 1e9),
    "probability": (1e-9, 1.0 - 1e-9),
    "screening_share": (1e-9, 1.0 - 1e-9),
    "relief_share": (1e-9, 10.0),
}
WHOLE: Mapping[str, int] = {"first": 3, "most": 3, "runs": 0, "seed": 0, "around": 2, "rivals": 1}
CHOICES: Mapping[str, Sequence[str]] = {"method": METHODS, "screening": SCREENINGS}
WORDS = (*TABLES, *NUMBERS, *WHOLE, *CHOICES, "governance", "baseline", "objective", "staffing", "screen")
PAYERS = ("region_sek", "municipalities_sek", "total_sek")
BOUNDS = ("low", "high", "step")
COORDINATED = "coordinated"
MOST_DESIGNS = 10_000
USUAL = "usual"
"""An option of a pattern that changes nothing."""


@dataclass(frozen=True)
class Settings:
    """How to plan, beside the designs.

    Attributes
    ----------
    governance, baseline
        What designs change; what days avoided, costs and budget effects are beside.
    objective
        The outcome that is to be small, in days.
    rule
        How to select.
    seed
        Of all draws.
    around
        Replications of what is compared one step around a design, and of relief.
    relief_share
        By how much a bottleneck is relieved.
    rivals
        Designs beside the selected one that run over the ensemble.
    budget
        SEK a year at most, by payer.
    """

    governance: str = COORDINATED
    baseline: str = CURRENT
    objective: str = "labelled_days"
    rule: Rule = field(default_factory=lambda: Rule(100.0))
    seed: int = 1
    around: int = 5
    relief_share: float = 0.2
    rivals: int = 4
    budget: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan that can be run.

    Attributes
    ----------
    scenario
        What the designs are changes of.
    settings
        How to select.
    variables
        What may be chosen.
    designs
        Every combination of levels, the last variable fastest.
    reference
        The design that others stand beside: the scenario's own values, unless the plan states others.
    staffed
        How changes become a scenario.
    costs
        Of every design, and last of the reference.
    unpriced
        Services that the planned governance staffs otherwise than the baseline, whose hours have no price.
    """

    scenario: Scenario
    settings: Settings
    variables: tuple[Variable, ...]
    designs: tuple[Design, ...]
    reference: Design
    staffed: Staffed
    costs: tuple[Cost, ...]
    unpriced: tuple[str, ...]
    costing: Costing

    @cached_property
    def within(self) -> tuple[bool, ...]:
        """Whether each design keeps to the budget."""
        return tuple(not over_budget(cost, self.settings.budget) for cost in self.costs[: len(self.designs)])

    @property
    def beyond(self) -> list[str]:
        """Levels outside the plausible range of their key, in words, a line for each variable."""
        keyed = [one for one in self.variables if one.key and not one.key.startswith(f"{RESOURCES}.")]
        told = (
            beyond_range(resolve(self.scenario, variable.key), [level.value for level in variable.levels])
            for variable in keyed
        )
        return [line for line in told if line]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the variables."""
        return tuple(variable.name for variable in self.variables)

    def apply(self, changes: Changes) -> Scenario:
        """The scenario with a design."""
        return self.staffed.apply(self.scenario, changes)


def over_budget(cost: Cost, budget: Iterable[tuple[str, float]]) -> list[str]:
    """Payers whose limit a cost exceeds."""
    pays = dict(zip(PAYERS, (cost.region, cost.municipal, cost.total), strict=True))
    return [payer for payer, limit in budget if pays[payer] > limit]


def planned(scenario: Scenario, options: Mapping[str, Any] | None = None) -> Plan:
    """The plan of a scenario.

    Parameters
    ----------
    scenario
        With a table ``[plan]``.
    options
        Words of the table that are given otherwise, such as ``seed``; None where they are not.

    Raises
    ------
    ScenarioError
        With every problem of the table and of what it names.
    """
    return _Reading(scenario, {k: v for k, v in (options or {}).items() if v is not None}).plan()


def check_table(scenario: Scenario) -> str:
    """Check the table ``[plan]`` of a scenario, and say in words what it asks for.

    Raises
    ------
    ScenarioError
        With every problem.
    """
    plan = planned(scenario)
    over = plan.within.count(False)
    told = f"{len(plan.designs):,} designs of {len(plan.variables)} variables"
    return "; ".join([f"{told}, {over:,} over the budget" if over else told, *plan.beyond])


def _lines(scenario: Scenario) -> Mapping[str, int]:
    """Line of every key of a scenario's own file; none if its table is another file's."""
    try:
        text = read_text(scenario.path, SCENARIO_BYTES)
        tomllib.loads(text)
    except (OSError, ValueError):
        return {}
    found = {".".join(key): line for key, line in key_lines(text).items()}
    return found if WORD in found else {}


class _Reading:
    """The table, word by word."""

    def __init__(self, scenario: Scenario, options: Mapping[str, Any]) -> None:
        self.scenario = scenario
        self.refusals = Refusals()
        table = scenario.reserved.get(WORD)
        if not isinstance(table, Mapping):
            raise ScenarioError([Problem(scenario.path.name, 0, WORD, "no table [plan]; docs/planning.md tells how")])
        self.table: dict[str, Any] = {**table, **options}
        self.asked = Asked(scenario.path.name, f"{WORD}.", _lines(scenario))
        for word in self.table:
            if word not in WORDS:
                self.refuse(word, f"unknown key{nearest(word, WORDS)}")
        for word in TABLES:
            if not isinstance(self.table.get(word, {}), Mapping):
                self.refuse(word, f"{shown(self.table[word])} given, a table needed")
                self.table[word] = {}
        self.tables: dict[str, Rows] = {}

    def refuse(self, word: str, says: str) -> None:
        """Note a problem."""
        self.refusals.append(self.asked.problem(word, says))

    def plan(self) -> Plan:
        """All of it."""
        settings = self._settings()
        self.refusals.check()  # governances are known from here on
        if "staffing" in self.table:
            self._read_table("staffing", "", self.table["staffing"])
        variables = (*self._keys(settings), *self._patterns(settings))
        if not variables:
            self.refuse(
                "vary", "nothing given that may be chosen; keys under [plan.vary] or options under [plan.patterns]"
            )
        size = prod(len(variable.levels) for variable in variables)
        if size > MOST_DESIGNS:
            self.refuse("vary", f"{size:,} designs given, at most {MOST_DESIGNS:,} allowed")
        self.refusals.check()
        variables = self._with_steps(variables)
        designs = tuple(
            design_of(variables, values) for values in product(*([x.value for x in v.levels] for v in variables))
        )
        reference = self._reference(settings, variables)
        self.refusals.check()
        staffed = Staffed(settings.governance, self.tables)
        costing = Costing(self.scenario, settings.baseline, settings.governance, settings.seed, self._prices())
        self.refusals.check()
        costs = self._costs(staffed, costing, (*designs, reference))
        self._check_prices(staffed, costing, variables)
        self.refusals.check()
        if all(over_budget(cost, settings.budget) for cost in costs[:-1]):
            self.refuse(
                "budget", f"every design costs more; the least {min(c.total for c in costs[:-1]):,.0f} SEK a year"
            )
            self.refusals.check()
        unpriced = tuple(sorted(s.name.lower() for s in costing.without_price(staffed.apply(self.scenario, ()))))
        return Plan(self.scenario, settings, variables, designs, reference, staffed, costs, unpriced, costing)

    # --- settings ---------------------------------------------------------------------------------------------

    def _settings(self) -> Settings:
        base = Settings()
        known = self.scenario.governances
        for word, default in (("governance", base.governance), ("baseline", base.baseline)):
            if self.table.get(word, default) not in known:
                self.refuse(word, f"{shown(self.table.get(word, default))} given, one of {', '.join(known)} needed")
        if CURRENT not in known:
            self.refuse("baseline", f"the scenario has no governance {CURRENT!r}, which holds before T0")
        objective = self.table.get("objective", base.objective)
        if objective not in SWEPT or OUTCOMES[objective].better != "lower" or OUTCOMES[objective].unit != "days":
            self.refuse("objective", f"{shown(objective)} given, an outcome in days needed of which less is better")
        numbers = {word: self._number(word) for word in NUMBERS if word in self.table}
        whole = {word: self._whole(word) for word in WHOLE if word in self.table}
        choices = {word: self._choice(word) for word in CHOICES if word in self.table}
        return replace(
            base,
            governance=self.table.get("governance", base.governance),
            baseline=self.table.get("baseline", base.baseline),
            objective=objective,
            rule=self._rule(numbers, whole, choices),
            budget=self._budget(),
            seed=whole.get("seed", base.seed),
            around=whole.get("around", base.around),
            rivals=whole.get("rivals", base.rivals),
            relief_share=numbers.get("relief_share", base.relief_share),
        )

    def _rule(self, numbers: Mapping[str, float], whole: Mapping[str, int], choices: Mapping[str, str]) -> Rule:
        if "zone_days" not in numbers:
            self.refuse("zone_days", "missing: how many days a year do not matter?")
            return Rule(1.0)
        given: dict[str, Any] = {"zone": numbers["zone_days"], **choices}
        given |= {word: numbers[word] for word in ("probability", "screening_share") if word in numbers}
        given |= {word: whole[word] for word in ("first", "most", "runs") if word in whole}
        if "screen" in self.table:
            given["screen"] = self._stages()
        try:
            return Rule(**given)
        except (ValueError, TypeError) as error:
            word, _, says = str(error).partition(": ")
            self.refuse(word, says)
            return Rule(1.0)

    def _number(self, word: str) -> float:
        value, (low, high) = self.table[word], NUMBERS[word]
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            limit = "above 0" if high > 1.0 else "between 0 and 1"
            self.refuse(word, f"{shown(value)} given, a number {limit} needed")
            return 0.5
        return float(value)

    def _whole(self, word: str) -> int:
        value, least = self.table[word], WHOLE[word]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 1 << 63:
            self.refuse(word, f"{shown(value)} given, a whole number of at least {least} needed")
            return max(least, 10)
        return value

    def _stages(self) -> tuple[int, ...]:
        """After how many replications designs are screened: a number, or several."""
        value = self.table["screen"]
        stages = value if isinstance(value, list) else [value] if value else []
        if any(isinstance(one, bool) or not isinstance(one, int) for one in stages):
            self.refuse("screen", f"{shown(value)} given, whole numbers needed")
            return ()
        return tuple(stages)

    def _choice(self, word: str) -> str:
        value = self.table[word]
        if value not in CHOICES[word]:
            self.refuse(word, f"{shown(value)} given, one of {', '.join(CHOICES[word])} needed")
            return CHOICES[word][0]
        return str(value)

    def _budget(self) -> tuple[tuple[str, float], ...]:
        found = []
        for payer, limit in self.table.get("budget", {}).items():
            if payer not in PAYERS:
                self.refuse(f"budget.{payer}", f"unknown key{nearest(payer, PAYERS)}")
            elif isinstance(limit, bool) or not isinstance(limit, int | float):
                self.refuse(f"budget.{payer}", f"{shown(limit)} given, SEK a year needed")
            else:
                found.append((payer, float(limit)))
        return tuple(found)

    def _prices(self) -> dict[Service, float]:
        found = {}
        for name, price in self.table.get("prices", {}).items():
            if name not in SERVICES:
                self.refuse(f"prices.{name}", f"unknown service{nearest(name, SERVICES)}")
            elif isinstance(price, bool) or not isinstance(price, int | float) or price < 0:
                self.refuse(f"prices.{name}", f"{shown(price)} given, SEK an hour needed, at least 0")
            else:
                found[Service[name.upper()]] = float(price)
        return found

    # --- variables --------------------------------------------------------------------------------------------

    def _keys(self, settings: Settings) -> list[Variable]:
        found = []
        for name, given in _flat(self.table.get("vary", {})).items():
            key = full_key(self.scenario, settings.governance, name)
            says = key_problem(self.scenario, settings.governance, key)
            if says:
                self.refuse(f"vary.{name}", says)
                continue
            values = self._values(f"vary.{name}", key, given)
            found.append(
                Variable(name, unit_of(self.scenario, key), tuple(Level(v, ((key, v),)) for v in values), 0.0, key)
            )
        for variable in found:
            if [other.key for other in found].count(variable.key) > 1:
                self.refuse(f"vary.{variable.name}", "given twice")
        return found

    def _values(self, word: str, key: str, given: Any) -> list[Scalar]:
        """Levels of a key: a list, or bounds with a step."""
        if isinstance(given, Mapping):
            values = self._between(word, key, given)
        elif isinstance(given, list) and given:
            values = given
        else:
            self.refuse(word, f"{shown(given)} given, a list of values or {{ low, high, step }} needed")
            return []
        for place, value in enumerate(values):
            says = level_problem(self.scenario, key, value)
            if says or value in values[:place]:
                self.refuse(word, says or f"{shown(value)} given twice")
        return values

    def _between(self, word: str, key: str, given: Mapping[str, Any]) -> list[Scalar]:
        for name in given:
            if name not in BOUNDS:
                self.refuse(f"{word}.{name}", f"unknown key{nearest(name, BOUNDS)}")
        numbers = [given.get(name) for name in BOUNDS]
        if any(isinstance(one, bool) or not isinstance(one, int | float) for one in numbers):
            self.refuse(word, f"{shown(dict(given))} given, numbers low, high and step needed")
            return []
        low, high, step = (float(one) for one in numbers if one is not None)
        if not (step > 0.0 and low <= high):
            self.refuse(word, f"{low:g}, {high:g}, {step:g} given, low <= high and a step above 0 needed")
            return []
        steps = (high - low) / step
        if not steps < MOST_DESIGNS:
            self.refuse(
                word, f"{low:g} to {high:g} in steps of {step:g} given, at most {MOST_DESIGNS:,} levels allowed"
            )
            return []
        values: list[Scalar] = [rounded(low + step * n) for n in range(int(steps + 1e-9) + 1)]
        return [int(v) for v in values] if is_whole(self.scenario, key) and all(v == int(v) for v in values) else values

    def _patterns(self, settings: Settings) -> list[Variable]:
        found = []
        for name, options in self.table.get("patterns", {}).items():
            if not isinstance(options, Mapping) or len(options) < 2:
                self.refuse(f"patterns.{name}", "a table of two options or more needed")
                continue
            levels = [Level(option, self._option(settings, name, option, given)) for option, given in options.items()]
            found.append(Variable(name, "", tuple(levels)))
        return found

    def _option(self, settings: Settings, name: str, option: str, given: Any) -> Changes:
        """What an option changes: keys with values, or the table of a file."""
        where = f"patterns.{name}.{option}"
        if isinstance(given, str) and given != USUAL:
            self._read_table(where, given, given)
            return ((TABLE, given),)
        if given == USUAL:
            return ()
        if not isinstance(given, Mapping):
            self.refuse(where, f"{shown(given)} given, keys with values, the name of a file or {USUAL!r} needed")
            return ()
        changes = []
        for path, value in flat(given).items():
            key = full_key(self.scenario, settings.governance, path)
            says = key_problem(self.scenario, settings.governance, key) or level_problem(self.scenario, key, value)
            if says:
                self.refuse(f"{where}.{path}", says)
            changes.append((key, value))
        return tuple(changes)

    def _read_table(self, where: str, name: str, given: Any) -> None:
        if not isinstance(given, str):
            self.refuse(where, f"{shown(given)} given, the name of a CSV or .xlsx file needed")
            return
        try:
            self.tables[name] = read_staffing(self.scenario.path.parent / Path(given), self.scenario.region)
        except ScenarioError as error:
            self.refusals += error.problems

    def _with_steps(self, variables: Sequence[Variable]) -> tuple[Variable, ...]:
        """Variables with what one more unit of each is: as stated, or the smallest distance between two levels."""
        stated = _flat(self.table.get("units", {}))
        for name, step in stated.items():
            if name not in [variable.name for variable in variables]:
                self.refuse(f"units.{name}", f"no such variable{nearest(name, [v.name for v in variables])}")
            elif isinstance(step, bool) or not isinstance(step, int | float) or step <= 0:
                self.refuse(f"units.{name}", f"{shown(step)} given, a number above 0 needed")
        found = []
        for variable in variables:
            numbers = sorted(v.value for v in variable.levels if not isinstance(v.value, bool | str))
            gaps = [b - a for a, b in pairwise(numbers)]
            step = stated.get(variable.name, min(gaps, default=1.0) if numbers else 0.0)
            found.append(replace(variable, step=float(step) if isinstance(step, int | float) else 0.0))
        return tuple(found)

    def _reference(self, settings: Settings, variables: Sequence[Variable]) -> Design:
        """The design stated, with the scenario's own value of each variable that it does not name."""
        stated = _flat(self.table.get("reference", {}))
        for name in stated:
            if name not in [variable.name for variable in variables]:
                self.refuse(f"reference.{name}", f"no such variable{nearest(name, [v.name for v in variables])}")
        values: list[Scalar] = []
        for variable in variables:
            own = own_value(self.scenario, variable.key) if variable.key else variable.levels[0].value
            value = stated.get(variable.name, own)
            if value is None:
                value = variable.levels[0].value
            if variable.key and variable.name in stated:
                says = level_problem(self.scenario, variable.key, value)
                if says:
                    self.refuse(f"reference.{variable.name}", says)
            values.append(value)
        try:
            return design_of(variables, values)
        except ValueError as error:
            name, _, says = str(error).partition(": ")
            self.refuse(f"reference.{name}", says)
            return Design(tuple(values), ())

    # --- costs ------------------------------------------------------------------------------------------------

    def _costs(self, staffed: Staffed, costing: Costing, designs: Sequence[Design]) -> tuple[Cost, ...]:
        found = []
        for design in designs:
            try:
                found.append(costing.cost(staffed.apply(self.scenario, design.changes)))
            except ScenarioError as error:
                self.refusals += [
                    self.asked.problem("vary", f"{problem.where}: {problem.says} (design {design.values})")
                    for problem in error.problems
                ]
            except ValueError as error:
                self.refuse("vary", f"{error} (design {design.values})")
        self.refusals.check()
        return tuple(found)

    def _check_prices(self, staffed: Staffed, costing: Costing, variables: Sequence[Variable]) -> None:
        """What a plan chooses must have a price, or it would come for nothing."""
        usual = staffed.apply(self.scenario, ())
        for variable in variables:
            word = "vary" if variable.key else "patterns"
            changed: set[Service] = set()
            for level in variable.levels:
                changed |= costing.changed(staffed.apply(self.scenario, level.changes), usual)
            missing = sorted(service.name.lower() for service in changed if service not in costing.prices)
            if missing:
                needed = ", ".join(f"prices.{name}" for name in missing)
                self.refuse(f"{word}.{variable.name}", f"changes what has no price an hour; plan.{needed} needed")


def _flat(table: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Values by dotted key, where tables of bounds are values."""
    found: dict[str, Any] = {}
    for name, given in table.items():
        if isinstance(given, Mapping) and not set(given) & set(BOUNDS):
            found |= _flat(given, f"{before}{name}.")
        else:
            found[f"{before}{name}"] = given
    return found
