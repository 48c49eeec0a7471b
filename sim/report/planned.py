"""A plan in memory, read from its folder (plan): its tables, and what its variables and designs are called."""

from __future__ import annotations

import csv
import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.files import opened_table, read_json
from sim.report.language import plan_words, words
from sim.report.numbers import number
from sim.report.result import NAN, Estimate
from sim.tables.names import plain

RESULT = "plan.json"
TABLES = ("plan", "marginal", "bottlenecks", "budget", "robustness", "sources")
"""Tables of the folder by name, without ``.csv``; the last two may be missing."""
OPTIONAL = ("robustness", "sources")
NEEDED = frozenset(
    {
        *("name", "title", "seed", "window_days", "people", "governance", "baseline", "objective", "budget"),
        *("variables", "designs", "within_budget", "rule", "reference", "selection", "cheapest_within_zone"),
        *("cheapest_surely_within_zone", "not_priced", "robustness"),
    }
)
"""Of ``plan.json``."""
MILLION = 1e6
HOUR_OF_DAY = "hour of the day"
TRUE = "true"
REFERENCE = "reference"
"""In place of a number, of a reference that is none of the designs."""
RESOURCES, FACTOR = "resources", "staffing.factor"
Row = Mapping[str, str]


@dataclass(frozen=True, eq=False)
class PlanResult:
    """A finished plan; it also says what a figure is of.

    Attributes
    ----------
    about
        ``plan.json`` as it is.
    designs, marginal, bottlenecks, budget
        Rows of the tables, as text.
    robustness, sources
        Rows, empty where the plan did not run over an ensemble, or does not carry its sources.
    """

    about: Mapping[str, Any]
    designs: Sequence[Row]
    marginal: Sequence[Row]
    bottlenecks: Sequence[Row]
    budget: Sequence[Row]
    robustness: Sequence[Row] = ()
    sources: Sequence[Row] = ()

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return words.told(str(self.about["title"]))

    @property
    def replications(self) -> int:
        """Of the selected design."""
        return int(self.about["selection"]["replications"])

    @property
    def days(self) -> int:
        """Length of the window."""
        return int(self.about["window_days"])

    @property
    def compared(self) -> bool:
        """A plan is beside its baseline."""
        return True

    @property
    def zone(self) -> float:
        """The indifference zone in days."""
        return float(self.about["rule"]["zone_days"])

    @property
    def baseline(self) -> str:
        """What it is beside, within a sentence."""
        return words.governance(self.about["baseline"]).lower()

    @property
    def objective(self) -> str:
        """What is to be small, within a sentence."""
        name = self.about["objective"]
        return plan_words.OBJECTIVES.get(name) or words.outcome(name).text.lower()

    @cached_property
    def run(self) -> list[dict[str, str]]:
        """Designs that were run, each with the days that it is placed at: by its paired difference."""
        best = float(self.selected["days_avoided"])
        known = (row for row in self.designs if row["days_behind_selected"])
        return [{**row, "days_placed": str(best - float(row["days_behind_selected"]))} for row in known]

    @property
    def ways(self) -> list[dict[str, str]]:
        """Designs that were run, without a reference that is none of them."""
        return [row for row in self.run if row["design"] != REFERENCE]

    @cached_property
    def selected(self) -> Row:
        """The row of the selected design."""
        return next(row for row in self.designs if row["selected"] == TRUE)

    @property
    def frontier(self) -> list[dict[str, str]]:
        """Designs on the frontier, from the cheapest."""
        return sorted((row for row in self.run if row["on_frontier"] == TRUE), key=lambda row: float(row["cost_sek"]))

    @cached_property
    def reference(self) -> list[dict[str, str]]:
        """The reference, which may be one of the designs; none if it is over the budget."""
        own = {one["name"]: one["value"] for one in self.about["reference"]["values"]}
        return [row for row in self.run if row["design"] == REFERENCE] or [
            row for row in self.run if all(row[name] == value for name, value in own.items())
        ]

    # --- names ------------------------------------------------------------------------------------------------

    @property
    def variables(self) -> list[str]:
        """Names of the variables, in order."""
        return [one["name"] for one in self.about["variables"]]

    def label(self, name: str) -> str:
        """A variable as it is called: what it is, and where."""
        first, *rest = name.split(".")
        if first == RESOURCES and len(rest) == 3:
            service, place, column = rest
            told = (words.SERVICES.get(service, service), self.place(place), plan_words.COLUMNS_OF_STAFFING[column])
            return ", ".join(told)
        if name.startswith(f"{FACTOR}."):
            service = name.removeprefix(f"{FACTOR}.")
            return plan_words.FACTOR.format(service=words.SERVICES.get(service, service))
        whole, place = (name, "") if name in plan_words.LEVERS else (name.rpartition(".")[0], name.rpartition(".")[2])
        if whole in plan_words.LEVERS:
            return ", ".join(filter(None, (plan_words.LEVERS[whole], place and self.place(place))))
        return name.replace("_", " ").replace(".", ", ")

    def place(self, key: str) -> str:
        """A place by its word in a key: the municipality of that name, or what else it is called."""
        names = {plain(row["payer"]): row["payer"] for row in self.budget}
        return plan_words.PLACES.get(key) or names.get(key) or key.replace("_", " ").capitalize()

    def value(self, name: str, given: Any) -> str:
        """A value of a variable in words."""
        if isinstance(given, bool) or given in ("true", "false"):
            return plan_words.YES if given in (True, TRUE) else plan_words.NO
        try:
            value = float(given)
        except ValueError:
            return plan_words.OPTIONS.get(str(given), str(given))
        if self._unit(name) == HOUR_OF_DAY:
            hour, minute = divmod(round(60 * value), 60)
            return plan_words.HOUR_OF_DAY.format(hour=hour, minute=minute)
        return number(value, 0 if value.is_integer() else 2)

    def _unit(self, name: str) -> str:
        if name.startswith(f"{RESOURCES}.") and name.endswith(("day_start", "day_end", "evening_end")):
            return HOUR_OF_DAY
        return str(next((one["unit"] for one in self.about["variables"] if one["name"] == name), ""))

    def told(self, values: Mapping[str, Any]) -> str:
        """A design in words: every variable with its value."""
        pairs = ((self.label(name), self.value(name, values[name])) for name in self.variables)
        return "; ".join(plan_words.LEVEL.format(label=label, value=value) for label, value in pairs)

    def step(self, row: Row) -> str:
        """A step of the table of marginal values in words."""
        name = row["variable"]
        value, other = (self.value(name, row[column]) for column in ("value", "other"))
        return plan_words.STEP.format(label=self.label(name), value=value, other=other)

    def payer(self, name: str) -> str:
        """Who pays, in words."""
        return plan_words.WHO.get(name, name)

    def design(self, column: str) -> str:
        """A design by its column in the table of robustness: ``design_3`` or ``reference``."""
        if column == REFERENCE:
            return plan_words.REFERENCE.capitalize()
        told = plan_words.DESIGN.format(number=column.removeprefix("design_"))
        return f"{told} ({plan_words.SELECTED})" if column == f"design_{self.selected['design']}" else told


def estimate_in(row: Row, name: str, factor: float = 1.0) -> Estimate:
    """The number in a column with its interval; unknown where the cell is empty."""
    cells = (row[name], row[f"{name}_low"], row[f"{name}_high"])
    return Estimate(*(float(cell) * factor if cell else NAN for cell in cells))


def service_name(name: str) -> str:
    """A service as it is called."""
    return words.SERVICES.get(name, name.replace("_", " "))


def read(folder: Path) -> PlanResult:
    """The plan in a folder.

    Raises
    ------
    OSError
        If a file cannot be read, or is not what narvard writes.
    """
    try:
        about = read_json(folder / RESULT)
        if not set(about) >= NEEDED:
            raise ValueError("plan.json lacks what a report needs")
        found = PlanResult(about, *(_table(folder / f"{name}.csv", name in OPTIONAL) for name in TABLES))
        if not [row for row in found.designs if row["selected"] == TRUE]:
            raise ValueError("plan.csv has no selected design")
        return found
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, csv.Error) as error:
        raise OSError(errno.EINVAL, words.NOT_A_RESULT, str(folder)) from error


def _table(path: Path, may_miss: bool) -> list[dict[str, str]]:
    if may_miss and not path.exists():
        return []
    with opened_table(path) as stream:
        return list(csv.DictReader(stream))
