"""Both engines against queueing theory, within 99.9 % intervals of independent replications.

Seed and sizes are stated; service means are 10,000 s, so that whole seconds do not matter. SimPy: 10 replications of
8,000 customers; compiled: 20 of 200,000. The first tenth of every replication is left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.theory.queues import (
    LOGNORMAL,
    SERVICE,
    SIZES,
    Queue,
    after_warm_up,
    assert_within_interval,
    erlang_a,
    erlang_b,
    erlang_c,
    replications,
)

SEED = 20_240
PRECISION = {"simpy": 0.25, "compiled": 0.05}
"""Widest half-width of an interval, as a share of the theoretical value."""


@pytest.fixture(params=list(SIZES))
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_mmc_waits_agree_with_erlang_c(engine: str) -> None:
    queue = Queue(servers=3, load=0.75)

    def measure(simulation: Any) -> tuple[float, float, float]:
        wait, _, _ = after_warm_up(simulation)
        totals = simulation.accumulators()
        elapsed = simulation.now - totals.starts[1]
        return float((wait > 0).mean()), float(wait.mean()), float(totals.queue_area[1, 0] / elapsed)

    waited, waits, lengths = replications(queue, engine, SEED, measure)
    share = erlang_c(3, queue.offered)
    mean_wait = share * SERVICE / (3 - queue.offered)
    assert_within_interval(waited, share, PRECISION[engine])
    assert_within_interval(waits, mean_wait, PRECISION[engine])
    assert_within_interval(lengths, mean_wait * queue.offered / SERVICE, PRECISION[engine])


def test_mg_infinity_numbers_present_have_the_offered_mean(engine: str) -> None:
    queue = Queue(servers=400, load=0.05, form=LOGNORMAL)

    def measure(simulation: Any) -> tuple[float]:
        totals = simulation.accumulators()
        return (float(totals.used_area[1, 0] / (simulation.now - totals.starts[1])),)

    (present,) = replications(queue, engine, SEED, measure)
    assert_within_interval(present, queue.offered, PRECISION[engine])


def test_mmcc_losses_agree_with_erlang_b(engine: str) -> None:
    queue = Queue(servers=8, load=0.9, patience=0.0)

    def measure(simulation: Any) -> tuple[float, float]:
        _, _, served = after_warm_up(simulation)
        totals = simulation.accumulators()
        return float(1 - served.mean()), float(totals.gave_up[1, 0] / totals.asked[1, 0])

    lost, counted = replications(queue, engine, SEED, measure)
    assert_within_interval(lost, erlang_b(8, queue.offered), PRECISION[engine])
    assert_within_interval(counted, erlang_b(8, queue.offered), PRECISION[engine])


def test_priorities_agree_with_cobham(engine: str) -> None:
    queue = Queue(servers=2, load=0.8, shares=(0.3, 0.7))

    def measure(simulation: Any) -> list[float]:
        wait, priority, _ = after_warm_up(simulation)
        return [float(wait[priority == k].mean()) for k in range(3)]

    by_class = replications(queue, engine, SEED, measure)
    loads = np.cumsum([0.0, 0.3, 0.4, 0.3]) * queue.load
    for k, waits in enumerate(by_class):
        theory = erlang_c(2, queue.offered) * SERVICE / 2 / ((1 - loads[k]) * (1 - loads[k + 1]))
        assert_within_interval(waits, theory, 1.6 * PRECISION[engine])


def test_patience_agrees_with_erlang_a(engine: str) -> None:
    queue = Queue(servers=5, load=1.1, patience=0.5 * SERVICE)

    def measure(simulation: Any) -> tuple[float, float]:
        _, _, served = after_warm_up(simulation)
        totals = simulation.accumulators()
        return float(1 - served.mean()), float(totals.queue_area[1, 0] / (simulation.now - totals.starts[1]))

    gave_up, lengths = replications(queue, engine, SEED, measure)
    share, waiting = erlang_a(5, queue.offered, 0.5)
    assert_within_interval(gave_up, share, PRECISION[engine])
    assert_within_interval(lengths, waiting, PRECISION[engine])
