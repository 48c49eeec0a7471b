"""Whoever takes part in the benchmark simulates the same workload; ``python -m bench --check`` asks for more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench import engines, idiomatic, kernel, theory
from bench.agreement import different, off, replications, same_rows
from bench.contestants import CIW, COMPILED, REFERENCE, SIMPY_FULL, SIMPY_NUMPY, SIMPY_STANDARD, C, contestant
from bench.workload import DAY, STATIONS, Workload
from sim import chance

SHORT = replace(Workload(), days=60, warm_up_days=20, run_out_days=15)
MONTHS = replace(Workload(), days=240, warm_up_days=90)


def needs(name: str) -> None:
    if reason := contestant(name).missing():
        pytest.skip(reason)


@pytest.mark.agreement
@pytest.mark.parametrize("name", [C, REFERENCE])
@pytest.mark.parametrize("exponential", [False, True])
def test_rows_are_those_of_the_compiled_engine(name: str, exponential: bool) -> None:
    needs(name)
    assert same_rows(COMPILED, name, replace(SHORT, exponential_primary=exponential), seed=3)


@pytest.mark.agreement
def test_the_kernel_writes_every_column_and_counts_the_use_of_stations_as_the_engine_does() -> None:
    needs(C)
    columns, in_use = kernel.run(SHORT, chance.stream_key(5, 0))
    simulation = engines.simulation("compiled", SHORT, 5)
    simulation.run(SHORT.days * DAY)
    assert all(np.array_equal(columns[name], column) for name, column in simulation.records().columns())
    assert in_use == pytest.approx(list(simulation.accumulators().used_area[0] / (SHORT.days * DAY)), rel=1e-12)


@pytest.mark.verify
@pytest.mark.agreement
@pytest.mark.parametrize(("name", "count"), [(SIMPY_FULL, 5), (SIMPY_NUMPY, 5), (SIMPY_STANDARD, 5), (CIW, 3)])
def test_statistics_are_those_of_the_compiled_engine(name: str, count: int) -> None:
    needs(name)
    ours = replications(COMPILED, SHORT, 20)
    assert different(ours, replications(name, SHORT, count)) == []


@pytest.mark.unit
def test_the_monitored_script_counts_and_measures_what_its_rows_say() -> None:
    hospital = idiomatic.run_full(SHORT, idiomatic.StandardDraws(1))
    rows = np.array(hospital.rows)
    for number, station in enumerate(hospital.stations):
        mine = rows[rows[:, 3] == number]
        use, now = station.use, SHORT.days * DAY
        # Who is still there at the end has no row yet.
        assert use.asked == use.granted + len(station.queue)
        assert use.granted == use.released + len(station.users)
        assert use.released == len(mine)
        here = [request.usage_since for request in station.users]
        stays = (mine[:, 6] - mine[:, 5]).sum() + sum(now - since for since in here)
        assert use.used_area == pytest.approx(stays)
        waits = (mine[:, 5] - mine[:, 4]).sum()
        assert waits * (1 - 1e-9) <= use.queue_area <= 1.1 * waits  # who has waited and has no row yet comes on top


@pytest.mark.verify
@pytest.mark.agreement
def test_a_longer_service_would_be_noticed() -> None:
    ours = replications(COMPILED, SHORT, 20)
    longer = replace(SHORT, emergency_mean=1.05 * SHORT.emergency_mean)
    assert any("emergency" in line for line in different(ours, replications(COMPILED, longer, 20)))


@pytest.mark.theory
def test_waits_are_those_of_erlang_and_cobham() -> None:
    variant = theory.without_returns(MONTHS)
    found = replications(COMPILED, variant, 30)
    assert off(found, theory.waits(variant) | theory.flows(variant)) == []
    assert off(found, theory.waits(replace(variant, primary_mean=1.02 * variant.primary_mean)))


@pytest.mark.theory
def test_contacts_follow_the_traffic_equations_and_the_ward_littles_law() -> None:
    found = replications(COMPILED, MONTHS, 30)
    assert off(found, theory.flows(MONTHS)) == []
    apart = [one["use", STATIONS[2]] - theory.ward_use(MONTHS, one) for one in found]
    assert abs(np.mean(apart)) <= 5 * np.std(apart) / np.sqrt(len(apart))
