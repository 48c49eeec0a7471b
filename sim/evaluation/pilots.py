"""The library of pilots: what each did, for whom, and what it claims (pilotbibliotek).

A pilot is a scenario with a table ``[pilot]``: who was chosen and how, how long they were followed, and rows
``[[pilot.claim]]`` with what was reported. Its levers are a governance of the scenario; what was reported is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.evaluation.access import ACCESS
from sim.evaluation.claims import reported
from sim.evaluation.selection import AGE_STARTS, SELECTIONS
from sim.evaluation.use import OUTCOMES
from sim.problems import Problem, like
from sim.scenario import Scenario, ScenarioError, load
from sim.scenario.layers import SHIPPED, shipped_folder

COST = "hospital_cost"
"""Thousand SEK of hospital days and emergency visits, by the scenario's prices."""
COMPARED = (*OUTCOMES[:4], COST)
"""Outcomes of people that are compared."""
CLAIMABLE = (*COMPARED, *ACCESS)
"""Outcomes that a claim may be compared with: also shares where the pilot takes place."""
UNITS = ("people", "municipality")
DEATHS = ("survivors", "raw", "person_time")
INDEXES = ("inside", "outside")
SCALES = ("relative", "thousand SEK a year", "share")
"""Relative change; difference per person-year in money; difference of shares."""
EVERYBODY, NO_HOME_NURSING = "everybody", "no_home_nursing"
OWN_SELECTIONS = (EVERYBODY, NO_HOME_NURSING)
"""Ways to choose that only pilots have, beside those of study designs."""
MOST_MONTHS = 12
FEWEST_CLUSTERS = 4
"""Municipalities from which they can be drawn by lot: a comparison of means of two and two."""
_TEXTS = ("title", "place", "document", "target", "selection", "n_note", "design", "note", "main")
_NUMBERS = ("year", "n", "months", "drop_out", "people_per_km2", "age")
_LISTS = ("municipalities", "levers")
_CHOICES = {"index": INDEXES, "deaths": DEATHS, "unit": UNITS}
_NEEDED = ("title", "place", "municipalities", "document", "target", "selection", "n", "design", "levers")
_CLAIM_TEXTS = ("metric", "outcome", "scale", "says", "source")
_CLAIM_NUMBERS = ("effect", "low", "high")


@dataclass(frozen=True)
class Claim:
    """One figure, or direction, that was reported.

    Attributes
    ----------
    metric
        In the words of the document's subject.
    outcome
        Outcome of a simulation that it is compared with; empty if there is none.
    effect, low, high
        On the scale; None where no figure was given.
    scale
        One of ``SCALES``.
    says, source
        In our own words; id of the evidence.
    """

    metric: str
    says: str
    source: str
    outcome: str = ""
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    scale: str = "relative"


@dataclass(frozen=True, eq=False)
class Pilot:
    """A pilot, checked.

    Attributes
    ----------
    name
        Of the scenario.
    scenario
        With the governances ``current`` (usual care, without the pilot) and ``pilot``.
    title, place, document, year, target, design
        For people.
    municipalities
        Keys of those where it takes place.
    selection, age
        How people get on the list, and their lowest age.
    n
        People on the list, as stated or assumed (``n_note``).
    months
        Follow-up.
    index
        Whether the index stay counts in the year before: ``inside`` or ``outside``.
    deaths
        How the evaluation treats the dead: ``survivors``, ``raw`` or ``person_time``.
    drop_out
        Share of people lost to follow-up in a year.
    unit
        Who is treated: chosen ``people``, or everybody in the ``municipality``.
    levers
        Groups of levers in the order in which their effects are told apart.
    main
        The outcome that is shown first; of the first claim, or admissions, if empty.
    claims
        What was reported.
    """

    name: str
    scenario: Scenario
    title: str
    place: str
    municipalities: tuple[str, ...]
    document: str
    target: str
    selection: str
    n: int
    design: str
    levers: tuple[str, ...]
    year: int = 0
    n_note: str = ""
    months: int = 12
    index: str = "inside"
    deaths: str = "survivors"
    drop_out: float = 0.0
    unit: str = "people"
    people_per_km2: float = 0.0
    age: int = 65
    note: str = ""
    main: str = ""
    claims: tuple[Claim, ...] = ()

    @property
    def clusters(self) -> bool:
        """Whether a randomised study draws municipalities: the pilot treats whole ones, and there are enough."""
        return self.unit == "municipality" and len(self.municipalities) >= FEWEST_CLUSTERS

    def stages(self) -> tuple[Scenario, tuple[str, ...]]:
        """The scenario with a governance for each lever added in turn, and their names.

        The first has the first lever over ``current``; the last is the pilot as a whole.
        """
        whole = self.scenario.governance("pilot")
        scenario, names = self.scenario, []
        for count in range(1, len(self.levers)):
            name = f"pilot_{count}"
            given = {path: whole[path] for path in whole if path.split(".")[0] in self.levers[:count]}
            scenario = scenario.with_levers(name, given, base="current")
            names.append(name)
        return scenario, (*names, "pilot")


def pilots_folder() -> Path:
    """Where the pilots of the library are."""
    return shipped_folder() / "pilots"


def library() -> list[str]:
    """Names of the pilots of the library."""
    return sorted(path.stem for path in pilots_folder().glob("*.toml"))


def load_pilot(name: str) -> Pilot:
    """Read a pilot of the library by name, or any by its file.

    Raises
    ------
    ScenarioError
        With every problem of the file.
    """
    if not name.endswith(".toml") and not name.startswith(SHIPPED):
        if name not in library():
            near = like(name, library())
            hint = f", did you mean '{near[0]}'?" if near else f"; there are {', '.join(library())}"
            raise ScenarioError([Problem(name, 0, "", f"no such pilot{hint}")])
        name = f"{SHIPPED}pilots/{name}"
    scenario = load(name)
    return pilot_of(scenario)


def pilot_of(scenario: Scenario) -> Pilot:
    """The pilot of a scenario.

    Raises
    ------
    ScenarioError
        With every problem of its table ``[pilot]``.
    """
    table = scenario.reserved.get("pilot")
    problems = _Problems(scenario)
    if not isinstance(table, Mapping):
        problems.refuse("pilot", "missing; a pilot is a scenario with a table [pilot]")
        raise ScenarioError(problems.found)
    fields = problems.table(table)
    claims = problems.claims(table.get("claim", []))
    problems.whole(fields)
    if problems.found:
        raise ScenarioError(problems.found)
    for name in _LISTS:
        fields[name] = tuple(fields[name])
    return Pilot(name=scenario.name, scenario=scenario, claims=claims, **fields)


class _Problems:
    """Reads the table of a pilot and notes what is wrong with it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.found: list[Problem] = []

    def refuse(self, key: str, says: str) -> None:
        self.found.append(Problem(self.scenario.files[-1], 0, key, says))

    def table(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of [pilot] but the claims."""
        known = (*_TEXTS, *_NUMBERS, *_LISTS, *_CHOICES)
        fields: dict[str, Any] = {}
        for key, value in table.items():
            if key == "claim":
                continue
            if key not in known:
                self._unknown(f"pilot.{key}", key, (*known, "claim"))
            elif self._right(f"pilot.{key}", key, value):
                fields[key] = value
        for key in _NEEDED:
            if key not in table:
                self.refuse(f"pilot.{key}", "missing")
        return fields

    def _right(self, where: str, key: str, value: Any) -> bool:
        says = ""
        if key in _TEXTS and not (isinstance(value, str) and value.strip()):
            says = f"{value!r} given, text needed"
        elif key in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            says = f"{value!r} given, a number of at least 0 needed"
        elif key in _LISTS and not (isinstance(value, list) and value and all(isinstance(x, str) for x in value)):
            says = f"{value!r} given, a list of names needed"
        elif key in _CHOICES and value not in _CHOICES[key]:
            says = f"{value!r} given, one of {', '.join(_CHOICES[key])} needed"
        elif key in ("n", "months", "age", "year") and not isinstance(value, int):
            says = f"{value!r} given, a whole number needed"
        elif (key == "n" and value < 2) or (key == "months" and not 1 <= value <= MOST_MONTHS):
            says = f"{value!r} given, " + ("at least 2 needed" if key == "n" else f"1 to {MOST_MONTHS} needed")
        elif key == "selection" and value not in (*OWN_SELECTIONS, *SELECTIONS):
            says = f"{value!r} given, one of {', '.join((*OWN_SELECTIONS, *SELECTIONS))} needed"
        elif key == "age" and value not in AGE_STARTS:
            says = f"{value!r} given, one of {', '.join(map(str, AGE_STARTS))} needed"
        elif key == "main" and value not in COMPARED:
            says = f"{value!r} given, one of {', '.join(COMPARED)} needed"
        elif key == "drop_out" and value >= 1:
            says = f"{value!r} given, a share below 1 needed"
        if says:
            self.refuse(where, says)
        return not says

    def claims(self, rows: Any) -> tuple[Claim, ...]:
        """The rows [[pilot.claim]]."""
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            self.refuse("pilot.claim", "tables [[pilot.claim]] needed")
            return ()
        return tuple(claim for at, row in enumerate(rows, start=1) if (claim := self._claim(f"pilot.claim {at}", row)))

    def _claim(self, where: str, row: Mapping[str, Any]) -> Claim | None:
        before = len(self.found)
        for key, value in row.items():
            if key not in (*_CLAIM_TEXTS, *_CLAIM_NUMBERS):
                self._unknown(f"{where}.{key}", key, (*_CLAIM_TEXTS, *_CLAIM_NUMBERS))
            elif key in _CLAIM_TEXTS and not isinstance(value, str):
                self.refuse(f"{where}.{key}", f"{value!r} given, text needed")
            elif key in _CLAIM_NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
                self.refuse(f"{where}.{key}", f"{value!r} given, a number needed")
        for key in ("metric", "says", "source"):
            if key not in row:
                self.refuse(f"{where}.{key}", "missing")
        texts = {key: value for key, value in row.items() if isinstance(value, str)}  # what is none is told already
        if texts.get("outcome") and texts["outcome"] not in CLAIMABLE:
            self.refuse(f"{where}.outcome", f"{texts['outcome']!r} given, one of {', '.join(CLAIMABLE)} needed")
        if texts.get("scale", "relative") not in SCALES:
            self.refuse(f"{where}.scale", f"{texts['scale']!r} given, one of {', '.join(SCALES)} needed")
        if row.get("scale", "relative") == "relative" and len(self.found) == before:
            for key in _CLAIM_NUMBERS:
                if row.get(key, 0) < -1:
                    self.refuse(f"{where}.{key}", f"{row[key]!r} given, at least -1 needed: -0.6 is a fall of 60 %")
        source = texts.get("source")
        if source is not None and source not in reported() and source not in self.scenario.sources:
            self.refuse(f"{where}.source", f"{source!r} given, an id of claims.csv or of [sources] needed")
        return Claim(**row) if len(self.found) == before else None

    def whole(self, fields: Mapping[str, Any]) -> None:
        """What must hold between the table and the scenario."""
        scenario = self.scenario
        for name in ("current", "pilot"):
            if name not in scenario.governances:
                self.refuse(f"governance.{name}", "missing; a pilot is compared with current")
        for name in fields.get("municipalities", ()):
            if scenario.has_region and name not in scenario.members("municipality"):
                self._unknown("pilot.municipalities", name, scenario.members("municipality"))
        days = int(scenario.time.follow_up_days)
        if fields.get("months", 12) * 365 / 12 > days:
            self.refuse("pilot.months", f"{fields.get('months', 12)} given, time.follow_up_days is {days}")
        if scenario.time.warm_up_days + scenario.time.pre_period_days < 365:
            self.refuse("pilot", "time.warm_up_days + time.pre_period_days below 365; a list needs the year before")
        groups = {path.split(".")[0] for path in scenario.schema.levers}
        for name in fields.get("levers", ()):
            if name not in groups:
                self._unknown("pilot.levers", name, sorted(groups))
        if "pilot" in scenario.governances and not self.found:
            self._all_levers(fields["levers"])

    def _all_levers(self, levers: list[str]) -> None:
        """Every lever that differs has its turn, or the effects would not add up."""
        usual, pilot = self.scenario.governance("current"), self.scenario.governance("pilot")
        changed = {path.split(".")[0] for path in pilot if _differs(usual[path], pilot[path])}
        for name in sorted(changed - set(levers)):
            self.refuse("pilot.levers", f"'{name}' changes under governance.pilot and is not in the list")

    def _unknown(self, where: str, name: str, known: Any) -> None:
        near = like(name, known)
        hint = f", did you mean '{near[0]}'?" if near else f"; there are {', '.join(known)}"
        self.refuse(where, f"unknown '{name}'{hint}")


def _differs(one: Any, other: Any) -> bool:
    return bool((one != other).any()) if hasattr(one, "any") else bool(one != other)
