"""Workload W in Ciw: a queueing network with blocking before the discharge node."""

from __future__ import annotations

import importlib.util
import math
from typing import Any

from bench.contacts import Contacts
from bench.workload import CLASSES, DAY, DISCHARGE, EMERGENCY, PRIMARY, WARD, Workload


def network(workload: Workload) -> Any:
    """Four stations and the delay; Ciw numbers nodes from 1. Times are in days."""
    import ciw

    names = [f"class {k}" for k in range(CLASSES)]
    priority = dict(zip(names, workload.priorities, strict=True))

    def most_urgent(waiting: list[Any], time: float) -> Any:
        return min(waiting, key=lambda individual: priority[individual.customer_class])

    first, queue = ciw.disciplines.FIFO, math.inf
    service = services(workload)
    return ciw.create_network(
        arrival_distributions={
            name: [ciw.dists.Exponential(rate), None, None, None, None]
            for name, rate in zip(names, workload.arrivals_per_day, strict=True)
        },
        service_distributions=dict.fromkeys(names, service),
        number_of_servers=[*workload.capacities, math.inf],
        # No room before discharge: a patient who is ready blocks the bed until a discharge server is free.
        queue_capacities=[queue, queue, queue, 0, queue],
        routing={name: routes(workload, k) for k, name in enumerate(names)},
        service_disciplines=[first, most_urgent, first, first, first],
    )


def services(workload: Workload) -> list[Any]:
    """Lengths by node."""
    import ciw

    def exponential(mean: float) -> Any:
        return ciw.dists.Exponential(DAY / mean)

    def lognormal(median: float, sigma: float) -> Any:
        return ciw.dists.Lognormal(math.log(median / DAY), sigma)

    visit = exponential(workload.primary_mean) if workload.exponential_primary else lognormal(*workload.primary)
    ward = lognormal(*workload.ward)
    others = [workload.discharge_mean, workload.return_mean]
    return [visit, exponential(workload.emergency_mean), ward, *map(exponential, others)]


def routes(workload: Workload, k: int) -> list[list[float]]:
    """Where a class goes after each node."""
    discharge, again = workload.to_discharge[k], workload.to_return[k]
    return [
        [0.0, workload.to_emergency[k], 0.0, 0.0, 0.0],
        [0.0, 0.0, workload.to_ward[k], 0.0, 0.0],
        [0.0, 0.0, 0.0, discharge, (1 - discharge) * again],
        [0.0, 0.0, 0.0, 0.0, again],
        [1.0, 0.0, 0.0, 0.0, 0.0],
    ]


class Ciw:
    """Ciw, with its own records."""

    title = "Ciw"

    def missing(self) -> str:
        """Why it cannot take part."""
        return "" if importlib.util.find_spec("ciw") else "Ciw is not installed here (pip install ciw)"

    def prepare(self) -> None:
        """Import it."""
        import ciw  # noqa: F401

    def simulate(self, workload: Workload, seed: int) -> Any:
        """Simulate to the horizon; its records are in the individuals."""
        import ciw

        ciw.seed(seed)
        simulation = ciw.Simulation(network(workload))
        simulation.simulate_until_max_time(workload.days)
        return simulation

    def contacts(self, result: Any) -> Contacts:
        """Rows from the records of every individual; the wait for discharge is the time blocked in the ward."""
        rows = []
        for individual in result.get_all_individuals():
            ready = 0.0
            for record in individual.data_records:
                station, group = record.node - 1, int(record.original_customer_class.split()[1])
                asked, started, ended = record.arrival_date, record.service_start_date, record.exit_date
                if station == DISCHARGE:
                    asked = ready
                if station == WARD:
                    ready = record.service_end_date
                if station in (PRIMARY, EMERGENCY, WARD, DISCHARGE):
                    rows.append((group, station, asked, started, ended))
        return Contacts.of(rows)
