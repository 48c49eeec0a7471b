from __future__ import annotations

import pytest

from sim.scenario import Parameter, Rule, Schema, ordered
from sim.scenario.schema import INDEX_SETS, shown, value_problem


def test_index_sets_follow_the_vocabulary() -> None:
    assert INDEX_SETS["segment"] == ("other", "risk", "failing", "most_ill")
    assert INDEX_SETS["age_band"][-1] == "age_90"
    assert "need_type" in INDEX_SETS


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"path": "alone"}, "at least one dot"),
        ({"path": "Needs.rate"}, "lower-case"),
        ({"path": "region.size"}, "'region' is a reserved key"),
        ({"path": "a.b", "by": ("segmet",)}, "unknown index set 'segmet'"),
        ({"path": "a.b", "minimum": 2.0, "maximum": 1.0}, "minimum above maximum"),
        ({"path": "a.b", "flag": True, "integer": True}, "only one of"),
        ({"path": "a.b", "by": ("ward", "shift"), "sums_to_one_over": "ward"}, "the last index"),
        ({"path": "a.wait", "unit": "minutes"}, "must show in the key as _minutes"),
        ({"path": "a.cost", "unit": "SEK per visit"}, "must show in the key as _sek"),
        ({"path": "a.rate", "unit": "per person-year"}, "must show in the key as _per_"),
        ({"path": "a.b", "lever": True}, "needs a default"),
        ({"path": "a.b", "lever": True, "default": 2}, "the default is not a valid value"),
        ({"path": "a.b", "default": 0.5}, "only levers have a default"),
    ],
)
def test_a_wrong_parameter_fails_when_it_is_listed(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Parameter(**wrong)  # type: ignore[arg-type]


def test_a_list_of_parameters_fits_together() -> None:
    with pytest.raises(ValueError, match=r"'a\.b\.c' lies inside parameter 'a\.b'"):
        Schema([Parameter("a.b"), Parameter("a.b.c")])
    with pytest.raises(ValueError, match="same path"):
        Schema([Parameter("a.b"), Parameter("a.b")])
    with pytest.raises(ValueError, match=r"unknown parameter 'a\.c'"):
        Schema([Parameter("a.b")], [Rule(("a.c",), "anything", lambda c: True)])


def test_ordered_compares_neighbours() -> None:
    rule = ordered("a.low", "a.mid", "a.high")
    assert rule.says == "low <= mid <= high"
    assert rule.holds(1, 2, 2)
    assert not rule.holds(1, 3, 2)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (3, ""),
        (3.5, "3.5 given, a whole number needed"),
        (True, "true given, a whole number needed"),
        ("3", "'3' given, a whole number needed"),
        ([3], "a list given, a whole number needed"),
        (0, "0 given, at least 1 needed"),
        (10**400, "at most 9 allowed"),
        (float("nan"), "nan given, a finite number needed"),
    ],
)
def test_value_problems(value: object, says: str) -> None:
    found = value_problem(Parameter("a.b", minimum=1, maximum=9, integer=True), value)
    assert found == says or (says and found.endswith(says))


def test_long_values_are_shortened() -> None:
    assert shown("x" * 100) == "'" + "x" * 37 + "...'"
    assert shown(0.30000000000000004) == "0.3"
    assert len(shown(10**400)) < 60
