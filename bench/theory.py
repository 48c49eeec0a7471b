"""Queueing theory of workload W without returns and with exponential primary care.

Then primary care is M/M/c, its departures are Poisson by Burke's theorem, and the emergency department is an M/M/c
with non-preemptive priorities.
"""

from __future__ import annotations

from dataclasses import replace

from bench.contacts import Statistics
from bench.workload import CLASSES, DAY, DISCHARGE, EMERGENCY, PRIMARY, STATIONS, WARD, Workload


def without_returns(workload: Workload) -> Workload:
    """The variant of W that has a theory."""
    return replace(workload, to_return=(0.0,) * CLASSES, exponential_primary=True)


def erlang_c(servers: int, offered: float) -> float:
    """The share that waits in M/M/c (Erlang's second formula)."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked / (1 - offered / servers * (1 - blocked))


def waits(workload: Workload) -> Statistics:
    """Mean waits in days: Erlang C in primary care, Cobham (1954) by class in the emergency department."""
    found: Statistics = {}
    contacts = workload.contacts_per_day()
    mean, servers = workload.primary_mean / DAY, workload.capacities[PRIMARY]
    offered = sum(contacts[PRIMARY]) * mean
    for k in range(CLASSES):
        found["wait", STATIONS[PRIMARY], str(k)] = erlang_c(servers, offered) * mean / (servers - offered)
    mean, servers = workload.emergency_mean / DAY, workload.capacities[EMERGENCY]
    loads = [rate * mean / servers for rate in contacts[EMERGENCY]]
    base = erlang_c(servers, sum(loads) * servers) * mean / servers
    for k, priority in enumerate(workload.priorities):
        before = sum(load for load, other in zip(loads, workload.priorities, strict=True) if other < priority)
        found["wait", STATIONS[EMERGENCY], str(k)] = base / ((1 - before) * (1 - before - loads[k]))
    return found


def flows(workload: Workload) -> Statistics:
    """Contacts a day from the traffic equations, and loads of the stations where nobody is kept waiting inside."""
    contacts, loads = workload.contacts_per_day(), workload.loads()
    found: Statistics = {
        ("contacts", name, str(k)): rate
        for name, station in zip(STATIONS, contacts, strict=True)
        for k, rate in enumerate(station)
    }
    return found | {("use", STATIONS[s]): loads[s] for s in (PRIMARY, EMERGENCY, DISCHARGE)}


def ward_use(workload: Workload, found: Statistics) -> float:
    """Use of the ward by Little's law: its own load, and the beds of those who wait for discharge."""
    rates = workload.contacts_per_day()[DISCHARGE]
    waiting = sum(rate * found["wait", STATIONS[DISCHARGE], str(k)] for k, rate in enumerate(rates))
    return workload.loads()[WARD] + waiting / workload.capacities[WARD]
