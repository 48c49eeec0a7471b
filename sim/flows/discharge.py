"""Discharge (utskrivning): clinically ready, municipal planning, waiting while holding the bed, going home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.hours import wait_for_daytime
from sim.flows.person import alive, at_home, dying, in_hospital, old, special_housing, stays_since, tag, time_left
from sim.language import Process, amend, hold, record, release, seconds, seize, spawn
from sim.vocabulary import (
    DAY,
    HOUR,
    MINUTE,
    Kind,
    Outcome,
    Place,
    Purpose,
    Segment,
)

if TYPE_CHECKING:
    from sim.model.typed import World

OFFERED = 1
NOBODY = 0
NO_ROW = 0
"""Rows of home help that is ready are kept as their number + 1."""


def needs_municipality(w: World, person: int, need: int) -> int:
    """1 when the municipality must plan before the person can leave (behov av kommunala insatser)."""
    if special_housing(w, person) or not old(w, person):
        return 0
    share = w.discharge.support_share[w.people.segment[person]]
    return chance.bernoulli(w.run.key, person, Purpose.DESTINATION, need, 0, share)


def destination(w: World, person: int, need: int) -> int:
    """Where the person is to go: home, or a short-term place first; relatives make home more likely."""
    if special_housing(w, person) or not needs_municipality(w, person, need):
        return int(Place.HOME)
    share = w.discharge.short_term_share[w.people.segment[person]]
    if w.people.relative[person]:
        share *= w.discharge.short_term_relative_ratio
    if chance.bernoulli(w.run.key, person, Purpose.DESTINATION, need, 1, share):
        return int(Place.SHORT_TERM)
    return int(Place.HOME)


# --- planning ------------------------------------------------------------------------------------------------


def begin_planning(w: World, person: int, need: int) -> Process[int]:
    """Municipal planning from admission, in step with the stay (planering från inskrivning)."""
    if not needs_municipality(w, person, need):
        return 0
    w.people.planning[person] = need + 1
    yield from plan_and_order(w, person, need)
    return 0


def plan_and_order(w: World, person: int, need: int) -> Process[int]:
    """Planning and, for those who go home, the order of home help: ready when the patient is, if the stay is long."""
    planned: int = yield from municipal_planning(w, person, need)
    if not planned or destination(w, person, need) != Place.HOME or w.people.planned[person] != need + 1:
        return 0
    w.people.help_ordered[person] = need + 1
    started: int = yield from wait_for_home_help(w, person, need, w.clock[0] + 60 * DAY)
    if started and w.people.help_ordered[person] == need + 1:
        w.people.help_ready[person] = need + 1
    return started


def municipal_planning(w: World, person: int, need: int) -> Process[int]:
    """Assessment and decision by the municipality's planner (biståndsbeslut, SIP)."""
    unit: int = w.units.planner[w.people.municipality[person]]
    detail: int = tag(w, person)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.PLANNING, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, 5, time_left(w, person, 60 * DAY))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return 0
    if not alive(w, person):
        yield release(unit)
        yield amend(row, -1, w.clock[0], Outcome.CANCELLED, detail)
        return 0
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    median: float = w.discharge.planning_hours * HOUR
    yield hold(
        time_left(
            w,
            person,
            1 + seconds(chance.lognormal(w.run.key, person, Purpose.PLANNING, need, 1, median, 0.5)),
        )
    )
    yield release(unit)
    yield amend(row, started, w.clock[0], Outcome.DONE, detail)
    if w.people.planning[person] == need + 1:
        w.people.planned[person] = need + 1
    return 1


# --- ready ---------------------------------------------------------------------------------------------------


def departure(w: World, person: int, need: int, detail: int, relapses: int) -> Process[int]:
    """From clinically ready to departure, holding the bed; the outcome, or a relapse or death while waiting.

    Who needs nothing from the municipality packs and leaves: the last hours belong to the stay, not to waiting.
    """
    supported: int = needs_municipality(w, person, need)
    if not supported:
        yield hold(time_left(w, person, seconds(w.discharge.leaving_hours * HOUR)))
        if dying(w, person):
            return int(Outcome.DIED)
    ready: int = w.clock[0]
    row: int = yield record(person, need, Kind.READY, -1, ready, ready, -1, Outcome.OPEN, detail)
    outcome: int = Outcome.DISCHARGED_SPECIAL_HOUSING if special_housing(w, person) else Outcome.DISCHARGED_HOME
    if supported:
        outcome = yield from wait_for_municipality(w, person, need, relapse_time(w, person, need, relapses))
    if dying(w, person):
        outcome = Outcome.DIED
    yield amend(row, ready, w.clock[0], outcome, detail)
    return outcome


def relapse_time(w: World, person: int, need: int, n: int) -> int:
    """When the waiting patient falls ill again in hospital (infection, fall): a cost of waiting."""
    mean = w.discharge.relapse_mean_days * DAY
    return w.clock[0] + 1 + seconds(chance.exponential(w.run.key, person, Purpose.RELAPSE, need, n, mean))


def wait_for_municipality(w: World, person: int, need: int, relapse: int) -> Process[int]:
    """Wait for planning, then for what was planned; returns how it ended."""
    place: int = destination(w, person, need)
    got: int = 0
    if w.homecoming.active[w.people.arm[person]] and place == Place.HOME and homecoming_eligible(w, person, need):
        w.people.offer[person] = NOBODY
        yield spawn(homecoming(w, person, need))
        yield hold(time_left(w, person, 5 * MINUTE))
        got = w.people.offer[person]
    if got:
        start: int = seconds(w.homecoming.start_hours[w.people.arm[person]] * HOUR)
        yield hold(time_left(w, person, start + wait_for_daytime(w.clock[0] + start)))
        return int(Outcome.DISCHARGED_HOME)
    if w.people.planning[person] != need + 1:
        w.people.planning[person] = need + 1
        yield spawn(municipal_planning(w, person, need))
    while w.people.planned[person] != need + 1 and waiting(w, person, relapse):
        yield hold(time_left(w, person, HOUR))
    if not waiting(w, person, relapse):
        return int(Outcome.RELAPSED)
    if place == Place.SHORT_TERM:
        got = yield from wait_for_short_term(w, person, need, relapse)
        return int(Outcome.DISCHARGED_SHORT_TERM) if got else int(Outcome.RELAPSED)
    if w.people.help_ordered[person] == need + 1:
        while w.people.help_ready[person] != need + 1 and waiting(w, person, relapse):
            yield hold(time_left(w, person, HOUR))
        got = yield from by_day(w, person, relapse)
        return int(Outcome.DISCHARGED_HOME) if got else int(Outcome.RELAPSED)
    got = yield from wait_for_home_help(w, person, need, relapse)
    return int(Outcome.DISCHARGED_HOME) if got else int(Outcome.RELAPSED)


def waiting(w: World, person: int, relapse: int) -> int:
    """1 while neither a relapse nor death has come."""
    return 1 if w.clock[0] < relapse and not dying(w, person) else 0


def wait_for_home_help(w: World, person: int, need: int, relapse: int) -> Process[int]:
    """Start or increase of home help; the bed is held until the first visit can be made (hemtjänststart).

    Its row ends when help begins: now, or for who is still in hospital on coming home.
    """
    unit: int = w.units.home_help[w.people.municipality[person]]
    detail: int = tag(w, person)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.HOME_HELP_START, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, 5, time_left(w, person, max(0, relapse - asked)))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return 0
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    median: float = w.discharge.home_help_start_hours * HOUR
    yield hold(
        time_left(
            w,
            person,
            1 + seconds(chance.lognormal(w.run.key, person, Purpose.HOME_HELP, need, 0, median, 0.6)),
        )
    )
    yield release(unit)
    yield hold(time_left(w, person, wait_for_daytime(w.clock[0])))
    if dying(w, person):
        yield amend(row, started, w.clock[0], Outcome.CANCELLED, detail)
        return 0
    if w.people.planning[person] == need + 1 and w.people.help_row[person] == NO_ROW and in_hospital(w, person):
        w.people.help_row[person] = row + 1
        w.people.help_since[person] = started
        w.people.help_detail[person] = detail
    else:
        yield amend(row, started, w.clock[0], Outcome.DONE, detail)
    return 1


def help_begins(w: World, person: int, outcome: int) -> Process[int]:
    """At the end of a stay: home help that was ready begins for who comes home, and is called off for others."""
    row: int = w.people.help_row[person] - 1
    if row < 0:
        return 0
    w.people.help_row[person] = NO_ROW
    ends: int = Outcome.DONE if outcome == Outcome.DISCHARGED_HOME else Outcome.CANCELLED
    yield amend(row, w.people.help_since[person], w.clock[0], ends, w.people.help_detail[person])
    return 1


def by_day(w: World, person: int, relapse: int) -> Process[int]:
    """Until the daytime, holding the bed; 0 when a relapse or death comes before."""
    yield hold(time_left(w, person, min(wait_for_daytime(w.clock[0]), max(0, relapse - w.clock[0]))))
    return waiting(w, person, relapse)


def wait_for_short_term(w: World, person: int, need: int, relapse: int) -> Process[int]:
    """Wait for a short-term place (korttidsplats)."""
    w.people.offer[person] = NOBODY
    yield spawn(short_term_stay(w, person, need, max(0, relapse - w.clock[0])))
    yield hold(time_left(w, person, MINUTE))
    while w.people.offer[person] == NOBODY and waiting(w, person, relapse):
        yield hold(time_left(w, person, HOUR))
    if w.people.offer[person] == OFFERED:
        moves: int = yield from by_day(w, person, relapse)
        if moves:
            return 1
    w.people.offer[person] = NOBODY
    return 0


def short_term_stay(w: World, person: int, need: int, patience: int) -> Process[int]:
    """A short-term place from the offer to the end: then home, or special housing for some."""
    unit: int = w.units.short_term[w.people.municipality[person]]
    detail: int = tag(w, person)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.SHORT_TERM_STAY, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, 5, time_left(w, person, patience))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return 0
    w.people.offer[person] = OFFERED
    w.people.short_term_row[person] = row
    w.people.short_term_detail[person] = detail
    offered: int = w.clock[0]
    yield hold(time_left(w, person, 2 * HOUR + wait_for_daytime(offered + HOUR)))  # who waits looks once an hour
    started: int = w.people.short_term_since[person]
    if started < offered:
        yield release(unit)
        yield amend(row, -1, w.clock[0], Outcome.CANCELLED, detail)
        return 0
    median: float = w.short_term.stay_median_days * DAY
    ends: int = started + 1 + seconds(chance.lognormal(w.run.key, person, Purpose.SHORT_TERM, need, 0, median, 0.7))
    ends += wait_for_daytime(ends)
    while w.clock[0] < ends and not dying(w, person) and stays_since(w, person, started):
        yield hold(time_left(w, person, min(DAY, ends - w.clock[0])))
    yield release(unit)
    if stays_since(
        w, person, started
    ):  # whoever was admitted has left already; the place was kept to the end of the day
        w.people.short_term[person] = 0
        outcome: int = yield from leave_short_term(w, person, need)
        yield amend(row, started, w.clock[0], outcome, detail)
    return 0


def vacate(w: World, person: int) -> Process[int]:
    """Admitted to hospital: the short-term place is left for good, from when the person went."""
    if not w.people.short_term[person]:
        return 0
    left: int = w.clock[0] if w.people.at[person] == Place.SHORT_TERM else w.people.left_at[person]
    w.people.short_term[person] = 0
    since: int = w.people.short_term_since[person]
    yield amend(w.people.short_term_row[person], since, left, Outcome.TRANSFERRED, w.people.short_term_detail[person])
    return 1


def moved_in(w: World, person: int) -> Process[int]:
    """The row of a short-term stay begins when the person has come."""
    if w.people.short_term[person]:
        since: int = w.people.short_term_since[person]
        yield amend(w.people.short_term_row[person], since, -1, Outcome.OPEN, w.people.short_term_detail[person])
    return 0


def leave_short_term(w: World, person: int, need: int) -> Process[int]:
    """Home, or to special housing for good."""
    if dying(w, person):
        return int(Outcome.DIED)
    if w.people.at[person] != Place.SHORT_TERM:
        return int(Outcome.TRANSFERRED)
    if w.people.segment[person] >= Segment.FAILING:
        if chance.bernoulli(w.run.key, person, Purpose.SHORT_TERM, need, 1, w.short_term.to_special_housing_share):
            w.people.home[person] = Place.SPECIAL_HOUSING
            yield record(
                person,
                need,
                Kind.SPECIAL_HOUSING_MOVE,
                -1,
                w.clock[0],
                w.clock[0],
                w.clock[0],
                Outcome.DONE,
                tag(w, person),
            )
    w.people.at[person] = w.people.home[person]
    return int(Outcome.DISCHARGED_HOME)


# --- safe homecoming -----------------------------------------------------------------------------------------


def homecoming_eligible(w: World, person: int, need: int) -> int:
    """Who the safe-homecoming team takes: people with municipal needs, first-time heavy users too."""
    if special_housing(w, person):
        return 0
    return 1 if w.homecoming.first_time[w.people.arm[person]] or w.people.segment[person] >= Segment.FAILING else 0


LONGEST_HOMECOMING = 60 * DAY
"""After that the team leaves whatever the municipality has done."""


def taken_over(w: World, person: int, need: int, latest: int) -> int:
    """1 when ordinary home help has taken over, or the team can stay no longer."""
    return 1 if w.people.help_ready[person] == need + 1 or w.clock[0] >= latest else 0


def homecoming(w: World, person: int, need: int) -> Process[int]:
    """Two weeks with the safe-homecoming team, from the day the person is ready (trygg hemgång).

    The municipality plans and starts its ordinary help meanwhile; until it has, the team stays and its place is taken.
    """
    unit: int = w.units.homecoming[w.people.municipality[person]]
    detail: int = tag(w, person)
    asked: int = w.clock[0]
    got: int = yield seize(unit, 0, 0)
    if not got:
        yield record(person, need, Kind.HOMECOMING, unit, asked, -1, asked, Outcome.GAVE_UP, detail)
        return 0
    w.people.offer[person] = OFFERED
    row: int = yield record(person, need, Kind.HOMECOMING, unit, asked, asked, -1, Outcome.OPEN, detail)
    ends: int = asked + seconds(w.homecoming.longest_days[w.people.arm[person]] * DAY)
    w.people.homecoming_until[person] = ends
    home: int = 0
    if w.people.planning[person] != need + 1:
        w.people.planning[person] = need + 1
        yield spawn(plan_and_order(w, person, need))
    latest: int = asked + LONGEST_HOMECOMING
    while (
        (w.clock[0] < ends or not taken_over(w, person, need, latest))
        and not dying(w, person)
        and not (home and w.people.at[person] >= Place.WARD)
    ):
        yield hold(time_left(w, person, DAY if w.clock[0] >= ends else min(DAY, ends - w.clock[0])))
        home = 1 if home or at_home(w, person) else 0
    yield release(unit)
    w.people.homecoming_until[person] = min(ends, w.clock[0])  # over on the way back to hospital
    outcome: int = Outcome.DIED if dying(w, person) else Outcome.DONE
    yield amend(row, asked, w.clock[0], outcome, detail)
    return 0


def settle(w: World, person: int, need: int, outcome: int) -> int:
    """Where the person is after hospital; home nursing for a time after a stay with municipal needs."""
    if w.people.at[person] >= Place.DEAD:
        return 0
    if outcome == Outcome.DISCHARGED_SHORT_TERM:
        w.people.at[person] = Place.SHORT_TERM
        w.people.short_term[person] = 1
        w.people.short_term_since[person] = w.clock[0]
    elif outcome != Outcome.DIED:
        w.people.at[person] = w.people.home[person]
    if needs_municipality(w, person, need):
        days = w.discharge.home_nursing_days
        until = w.clock[0] + seconds(days * DAY)
        w.people.home_nursing_until[person] = max(w.people.home_nursing_until[person], until)
    return 1
