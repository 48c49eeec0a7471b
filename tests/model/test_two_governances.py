"""Every lever follows the governance of the person, or of the team: where it is read, and in what it does.

Each lever alone, given to every other person: who has it not is never touched by it, who has it is.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import sim.flows
from sim.replication.assigned import Assignment, AtStart, Followed, follow
from sim.replication.replication import replicate
from sim.scenario import Scenario
from sim.vocabulary import CONTACT_KNOWN, CONTACT_PLAN, HOUR, MINUTE, Kind
from tests.model.test_levers import ALONE, governed

pytestmark = pytest.mark.unit

FLOWS = Path(sim.flows.__file__).parent
OF_PERSON = "w.people.arm[person]"
OF_TEAM = "w.teams.arm[area]"
ONLY_CAPACITY = {
    *("mobile_team.doctors", "mobile_team.nurses"),  # as teams.doctors and teams.nurses
    *("mobile_team.leaves_per_year", "mobile_team.vacant_days"),
    *("homecoming.staff", "homecoming.people_per_staff"),
    *("attender_team.staff", "monitoring.nurses", "specialist_support.specialists"),
    *("rehabilitation.staff", "palliative_team.staff"),
    *("access.phone_staff_factor", "access.gp_staff_factor"),
    *("access.bonus_share", "access.bonus_sek"),  # money only
}
"""Levers that no flow reads: they are staff, places or pay."""


# --- where they are read ------------------------------------------------------------------------------------


def lever_of(node: ast.AST, paths: set[str]) -> str | None:
    """The path of `w.group.lever`."""
    if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)):
        return None
    path = f"{node.value.attr}.{node.attr}"
    return path if ast.unparse(node.value.value) == "w" and (path in paths or path in STAFF) else None


STAFF = {"teams.doctors", "teams.nurses"}


def reads(paths: set[str]) -> Iterator[tuple[str, ast.FunctionDef, str, ast.AST | None]]:
    """Each lever that a flow reads: place, function, path, and the row it takes."""
    for file in sorted(FLOWS.glob("*.py")):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            rows = {id(n.value): n.slice for n in ast.walk(function) if isinstance(n, ast.Subscript)}
            for node in ast.walk(function):
                path = lever_of(node, paths)
                if path is not None:
                    row = rows.get(id(node))
                    first = row.elts[0] if isinstance(row, ast.Tuple) else row
                    yield f"{file.name}:{node.lineno}", function, path, first


def meaning(function: ast.FunctionDef, row: ast.AST | None) -> str:
    """What the row is, with a variable replaced by what it was given."""
    if not isinstance(row, ast.Name):
        return "none" if row is None else ast.unparse(row)
    given = [n.value for n in ast.walk(function) if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == row.id]
    parameter = row.id in [argument.arg for argument in function.args.args]
    return "parameter" if parameter else " or ".join(sorted({ast.unparse(value) for value in given}))


def test_every_lever_is_read_by_the_row_of_somebody(small: Scenario) -> None:
    paths = set(small.governance("coordinated"))
    found = list(reads(paths))
    assert {path for _, _, path, _ in found} == (paths - ONLY_CAPACITY) | STAFF
    for place, function, path, row in found:
        means = meaning(function, row)
        if means in ("0", "1"):  # is there anybody at all whom it concerns?
            assert function.name in ("monitoring_begins", "attender_list"), f"{place}: {path}"
        elif means == "parameter":
            assert function.name in ("places_of", "enrols"), f"{place}: {path}"
        else:
            assert means == OF_PERSON, f"{place}: {path}: {means}"


def test_what_takes_a_row_is_given_that_of_a_person_or_team() -> None:
    given = set()
    for file in sorted(FLOWS.glob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ("enrols", "places_of"):
                given.add(", ".join(ast.unparse(argument) for argument in call.args[1:4]))
    assert given == {"0", "1", "arm", OF_PERSON, f"area, kind, {'arm'}", "area, kind, 0"}
    text = (FLOWS / "enrolment.py").read_text(encoding="utf-8")
    assert f"arm = {OF_TEAM}" in text.split("def places(")[1].split("def ")[0]


# --- what they do -------------------------------------------------------------------------------------------

HAVE = "have it"


@pytest.fixture(scope="module")
def halves(small_year: Scenario) -> dict[str, Followed]:
    """Each lever alone for every other person, and for nobody, from the same past."""
    values = {"staffing.factor": 4.0, "discharge.support_share": 0.8, "discharge.short_term_share": 0.4}
    values["primary_care.digital_share"] = 0.0
    scenario = governed(small_year.with_values(values), ALONE)

    def choose(at_start: AtStart) -> list[Assignment]:
        half = np.arange(len(at_start.people)) % 2 == 1
        arms = [Assignment(name, half, usual="off", label=name) for name in ALONE]
        return [*arms, Assignment("off", half, usual="off", label="off")]

    at_start, *arms = follow(scenario, 21, 0, choose)
    assert isinstance(at_start, AtStart)
    ordinary = replicate(scenario, ["off"], 21, 0)
    found = {arm.assignment.label: arm for arm in arms if isinstance(arm, Followed)}
    assert found["off"].records.digest() == ordinary.arms[0].digest
    return found


def table(arm: Followed, *kinds: Kind) -> pd.DataFrame:
    """Rows of these kinds after T0; `have it` says whether the person is in the new arm."""
    rows = pd.DataFrame({name: np.asarray(column, np.int64) for name, column in arm.records.columns()})
    starts = 90  # days of warm-up and pre-period
    rows = rows[rows.kind.isin(kinds) & (rows.asked >= starts * 24 * HOUR) & (rows.person >= 0)]
    return rows.assign(**{HAVE: arm.assignment.people[rows.person]})


def of_kinds(*kinds: Kind) -> Callable[[Followed], pd.DataFrame]:
    return lambda arm: table(arm, *kinds)


def on_plan(arm: Followed) -> pd.DataFrame:
    rows = table(arm, Kind.HOME_NURSE_VISIT, Kind.AMBULANCE)
    return rows[rows.detail // CONTACT_PLAN % 2 == 1]


def planned_early(arm: Followed) -> pd.DataFrame:
    stays = table(arm, Kind.STAY).groupby(["person", "need"]).asked.min()
    rows = table(arm, Kind.PLANNING)
    admitted = stays.reindex(pd.MultiIndex.from_frame(rows[["person", "need"]])).to_numpy()
    return rows[rows.asked.to_numpy() - admitted <= MINUTE]


def courses(arm: Followed) -> pd.DataFrame:
    """Of rehabilitation in stable spells; what follows planned care belongs to a need."""
    rows = table(arm, Kind.REHABILITATION)
    return rows[rows.need == 0]


TEAM_VISITS = (Kind.TEAM_NURSE_VISIT, Kind.TEAM_DOCTOR_VISIT)
TOUCHED: Mapping[str, Callable[[Followed], pd.DataFrame]] = {
    "team": of_kinds(Kind.ENROLMENT, *TEAM_VISITS, Kind.HOME_TREATMENT),
    "direct contact": of_kinds(Kind.ENROLMENT, *TEAM_VISITS),
    "care plan": on_plan,
    "proactive visits": of_kinds(Kind.PROACTIVE_VISIT),
    "discharge planning": planned_early,
    "homecoming": of_kinds(Kind.HOMECOMING),
    "attender team": of_kinds(Kind.FREQUENT_ATTENDER),
    "monitoring": of_kinds(Kind.ALARM),
    "specialist support": of_kinds(Kind.CONSULT),
    "rounds": of_kinds(Kind.ROUND),
    "pooled": of_kinds(Kind.ENROLMENT, *TEAM_VISITS),
    "local": of_kinds(Kind.ENROLMENT, *TEAM_VISITS),
    "rehabilitation": courses,
    "palliative team": of_kinds(Kind.PALLIATIVE_VISIT),
    "digital visits": of_kinds(Kind.DIGITAL_VISIT),
}
"""Rows that only the lever can have made, by lever."""


@pytest.mark.parametrize("lever", TOUCHED)
def test_only_who_has_the_lever_is_touched(halves: dict[str, Followed], lever: str) -> None:
    rows = TOUCHED[lever](halves[lever])
    assert len(rows) >= 3
    assert rows[HAVE].all()
    assert len(TOUCHED[lever](halves["off"])) == 0


def test_the_named_doctor_is_known_to_those_who_have_one(halves: dict[str, Followed]) -> None:
    def known(arm: Followed) -> NDArray[np.float64]:
        rows = table(arm, Kind.GP_VISIT, Kind.NURSE_VISIT)
        share = (rows.detail // CONTACT_KNOWN % 2).groupby(rows[HAVE]).mean()
        return np.array([share[False], share[True]])

    without, with_ = known(halves["off"]), known(halves["named doctor"])
    assert with_[0] == pytest.approx(without[0], abs=0.03)
    assert with_[1] - with_[0] > 0.1


def test_time_is_freed_at_visits_to_those_who_have_the_joint_workflow(
    halves: dict[str, Followed], small_year: Scenario
) -> None:
    def lengths(arm: Followed) -> pd.DataFrame:
        rows = table(arm, Kind.HOME_NURSE_VISIT)
        rows = rows[(rows.started >= 0) & (rows.ended >= 0)].drop_duplicates(["person", "need"])
        return rows.assign(length=rows.ended - rows.started).set_index(["person", "need"])

    both = lengths(halves["joint workflow"]).join(lengths(halves["off"]).length.rename("off"), how="inner")
    ratio = (both.length / both.off).groupby(both[HAVE]).median()
    lost = float(small_year.values["home_nursing.lost_time_share"])
    assert ratio[False] == 1.0
    assert ratio[True] == pytest.approx((1 - lost) / (1 - lost + 0.1), rel=0.002)


def test_both_halves_together_are_every_lever_of_the_table() -> None:
    assert set(TOUCHED) | {"named doctor", "joint workflow"} == set(ALONE)
