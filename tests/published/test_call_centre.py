"""A published call centre on the engine: its figures within the chance of five published replications."""

from __future__ import annotations

import pytest
from scipy import stats

from sim.engine import replicate
from sim.experiment.own_models import Replicated
from tests.published.call_centre import PUBLISHED, centre, measures

pytestmark = pytest.mark.published


@pytest.fixture(scope="module")
def ours() -> Replicated:
    variants = {"9 nurses": {}, "10 nurses": {"nurses": 10}}
    return replicate(centre, 60, measure=measures, variants=variants, workers=1)


@pytest.mark.parametrize("measure", PUBLISHED)
def test_the_published_replications_are_such_as_ours(ours: Replicated, measure: str) -> None:
    values = ours.values[:, 0, ours.measures.index(measure)]
    # Welch's test at 0.1 %: four measures that depend on each other, and replications that are published once.
    assert stats.ttest_ind(PUBLISHED[measure], values, equal_var=False).pvalue > 0.001
    low, high = stats.t.interval(0.999, 4, stats.tmean(PUBLISHED[measure]), stats.sem(PUBLISHED[measure]))
    assert low < values.mean() < high


def test_a_nurse_more_is_what_it_takes(ours: Replicated) -> None:
    paired = ours.differences().set_index("measure")
    assert paired.loc["nurse_wait", "high"] < -20.0
    assert paired.loc["wait", ["difference", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    assert paired.loc["nurse_wait", "variance_ratio"] > 1.0


def test_both_engines_give_the_same() -> None:
    assert centre(3, engine="simpy") == centre(3)
