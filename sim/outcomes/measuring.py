"""From records to the table of outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.model.services import HOUR_PRICES
from sim.outcomes import passes
from sim.outcomes.contacts import FrequentVisitors, Waits, frequent_visitors, measure_times, tally_contacts
from sim.outcomes.cost import READY_DAY, costs, payment_days, prices_per_unit, staff_cost, top_share
from sim.outcomes.inputs import AgeClass, PeopleTable, Unit, Window
from sim.outcomes.names import (
    AGE_SUFFIXES,
    BY_DIRECT,
    DIRECT_SUFFIXES,
    OUTCOMES,
    QUANTILES_BY_AGE,
    SPLIT,
    TIMES,
    TOTALS,
    OutcomeInfo,
    Source,
)
from sim.outcomes.people import death_times, tally_people
from sim.outcomes.persons import PersonTotals
from sim.outcomes.resources import capacity_values
from sim.outcomes.spells import find_spells, tally_ready, tally_spells
from sim.outcomes.table import OutcomeTable, margins_for
from sim.outcomes.tally import GROUPS, SEGMENTS, Mask, RowBook, Tally

if TYPE_CHECKING:
    from sim.engine.accumulators import Accumulators
    from sim.engine.records import Records

Floats = npt.NDArray[np.float64]

OLD = {"_65": (AgeClass.OLDER, AgeClass.OLDEST), "_80": (AgeClass.OLDEST,)}
SHARES = np.array([0.5, 0.9])
SHARE_NAMES = ("median", "p90")


def measure(
    records: Records,
    people: PeopleTable,
    units: Sequence[Unit],
    accumulators: Accumulators | None,
    window: Window,
    prices: Mapping[str, float],
    *,
    direct: Mask | None = None,
    persons: Mask | None = None,
    access_payment: Floats | None = None,
) -> OutcomeTable:
    """Measure every outcome of one run in a window (mät utfall).

    Parameters
    ----------
    records
        All records of the run, from time 0: what lies before the window is used for labelling only.
    people
        Everybody ever, in the order of the person numbers of the records.
    units
        In the order of the resource ids.
    accumulators
        Areas and counts of the units. A period must start where the window does, and where it ends unless the
        run ended there; outcomes of capacity are given by month if a period starts with each. Without
        accumulators outcomes of capacity are not given.
    window
        The time measured; stays and other spans are cut at its edges.
    prices
        SEK by key; see ``cost.PRICE_KEYS``.
    direct
        Who counts as enrolled, shape (persons,), the same in all arms of a comparison; without it no outcome
        is given for the enrolled and for everybody else. :func:`measure_arm` is for when it is not yet known.
    persons
        Only these persons, shape (persons,); everybody if None. Outcomes of capacity are always of everybody.
    access_payment
        SEK that the region pays health centres for access, by municipality; nothing if None.

    Raises
    ------
    ValueError
        If prices are missing, the accumulators do not fit the window, or a row has an unknown kind.
    """
    book = RowBook(records, people, units, window, direct, persons)
    tally = Tally(TOTALS, people, window, prices_per_unit(prices))
    return _measured(book, tally, units, accumulators, prices, access_payment, direct is not None)


def measure_arm(
    records: Records,
    people: PeopleTable,
    units: Sequence[Unit],
    accumulators: Accumulators | None,
    window: Window,
    prices: Mapping[str, float],
    *,
    access_payment: Floats | None = None,
) -> Measurement:
    """Measure one arm of a comparison before the others are known; parameters as :func:`measure`.

    Who counts as enrolled depends on all arms. What is told apart by it is kept by person, so that the records of
    an arm need not be.
    """
    book = RowBook(records, people, units, window)
    tally = Tally(TOTALS, people, window, prices_per_unit(prices), (*BY_DIRECT, *SPLIT))
    table = _measured(book, tally, units, accumulators, prices, access_payment, False)
    return Measurement(table, tally.persons(BY_DIRECT), people.age_class)


@dataclass(frozen=True)
class Measurement:
    """Outcomes of an arm, not yet told apart by enrolment.

    Attributes
    ----------
    table
        All that does not depend on enrolment.
    persons
        The totals that do, by person.
    age_class
        Of each person, shape (persons,).
    """

    table: OutcomeTable
    persons: PersonTotals
    age_class: npt.NDArray[np.int64]

    def split(self, direct: Mask) -> OutcomeTable:
        """The table with outcomes of the enrolled and of everybody else.

        Parameters
        ----------
        direct
            Who counts as enrolled, shape (persons,), the same in all arms of a comparison.
        """
        table = self.table
        strata = table.strata.copy()
        found = self.persons.by(self.age_class * 2 + direct, strata.shape[1] * 2)
        strata[[TOTALS.index(name) for name in self.persons.names]] = found.reshape(-1, *strata.shape[1:])
        values = table.values.copy()
        position = {name: i for i, name in enumerate(table.outcomes)}
        infos = [info for info in OUTCOMES.values() if info.stratum in DIRECT_SUFFIXES]
        for info in infos:
            if info.source is Source.TOTAL:
                values[position[info.name], 0] = _of_direct(strata, info)
        for info in infos:
            if info.source is Source.RATIO:
                above, below = (values[position[name]] for name in (info.numerator, info.denominator))
                values[position[info.name]] = _quotient(info, above, below)
        return replace(table, values=values, strata=strata, split=self.persons.names)


def _measured(
    book: RowBook,
    tally: Tally,
    units: Sequence[Unit],
    accumulators: Accumulators | None,
    prices: Mapping[str, float],
    access_payment: Floats | None,
    direct: bool,
) -> OutcomeTable:
    """The table of the rows in a book."""
    people, window = book.people, book.window
    spells = find_spells(book)
    deaths = death_times(book)
    tally_spells(tally, spells, deaths)
    tally_ready(tally, book)
    tally_contacts(tally, book)
    waits = measure_times(tally, book, spells)
    tally_people(tally, book, spells, deaths)

    table = _Filler(tally, people, window)
    table.fill_totals()
    table.fill_quantiles(waits)
    table.fill_frequent(frequent_visitors(tally, book))
    if accumulators is not None:
        table.fill_capacity(capacity_values(accumulators, units, window, len(people.municipalities)))
    table.fill_access(access_payment)
    table.fill_costs(prices)
    table.fill_concentration(_present(people, deaths, window, book.persons))
    table.fill_strata(direct)
    table.fill_ratios()
    return table.finished(TOTALS if direct else ())


def measure_persons(
    records: Records,
    people: PeopleTable,
    units: Sequence[Unit],
    window: Window,
    prices: Mapping[str, float],
    persons: Mask,
) -> OutcomeTable:
    """Measure the outcomes of some persons only (shape (persons,)); nothing about capacity."""
    return measure(records, people, units, None, window, prices, persons=persons)


def _present(people: PeopleTable, deaths: npt.NDArray[np.int64], window: Window, persons: Mask) -> int:
    """How many people are alive at some time in the window."""
    here = (people.entry < window.end) & (deaths > window.start)
    return int((here & persons).sum()) if len(persons) else int(here.sum())


class _Filler:
    """Values by outcome and margin, filled step by step."""

    def __init__(self, tally: Tally, people: PeopleTable, window: Window) -> None:
        self.tally = tally
        self.window = window
        self.municipalities = people.municipalities
        self.margins = margins_for(people.municipalities, window.months)
        self.outcomes = tuple(OUTCOMES)
        self.position = {name: i for i, name in enumerate(self.outcomes)}
        self.values = np.full((len(self.outcomes), len(self.margins)), np.nan)
        self.cross = tally.cross.reshape(len(TOTALS), GROUPS, SEGMENTS, len(self.municipalities), window.months)
        places = np.cumsum([0, 1, GROUPS, SEGMENTS, len(self.municipalities), window.months])
        names = ("all", "group", "segment", "municipality", "period")
        self.columns = {name: slice(a, b) for name, a, b in zip(names, places[:-1], places[1:], strict=True)}

    def line(self, name: str) -> Floats:
        """The values of one outcome."""
        result: Floats = self.values[self.position[name]]
        return result

    def fill_totals(self) -> None:
        """Sums over cells."""
        for i, name in enumerate(TOTALS):
            cross = self.cross[i]
            parts = (
                cross.sum().reshape(1),
                cross.sum(axis=(1, 2, 3)),
                cross.sum(axis=(0, 2, 3)),
                cross.sum(axis=(0, 1, 3)),
                cross.sum(axis=(0, 1, 2)),
            )
            self.line(name)[:] = np.concatenate(parts) / OUTCOMES[name].divisor

    def fill_quantiles(self, waits: Mapping[str, Waits]) -> None:
        """Medians and 90th percentiles."""
        places = len(self.municipalities)
        for timed in TIMES:
            wait = waits[timed.name]
            codes = (
                ("all", np.zeros(len(wait.cell), np.int64)),
                ("group", wait.cell // (SEGMENTS * places)),
                ("segment", wait.cell // places % SEGMENTS),
                ("municipality", wait.cell % places),
                ("period", wait.month),
            )
            for margin, code in codes:
                columns = self.columns[margin]
                found = passes.quantiles_by_code(code, columns.stop - columns.start, wait.seconds, SHARES)
                for share, quantile in zip(SHARE_NAMES, found, strict=True):
                    name = f"{timed.name}_{share}"
                    self.line(name)[columns] = quantile / OUTCOMES[name].divisor
        self._fill_quantiles_by_age(waits)

    def _fill_quantiles_by_age(self, waits: Mapping[str, Waits]) -> None:
        for name in QUANTILES_BY_AGE:
            timed, _, share = name.rpartition("_")
            wait = waits[timed]
            for suffix, ages in OLD.items():
                seconds = wait.seconds[np.isin(wait.stratum // 2, ages)]
                if len(seconds):
                    quantile = np.quantile(seconds, SHARES[SHARE_NAMES.index(share)])
                    self.line(name + suffix)[0] = quantile / OUTCOMES[name].divisor

    def fill_frequent(self, visitors: FrequentVisitors) -> None:
        """People who visit often, by group, segment and municipality."""
        places = len(self.municipalities)
        for name, cell in (
            ("frequent_visitors", visitors.cell),
            ("frequent_visitors_known", visitors.cell[visitors.known]),
        ):
            line = self.line(name)
            line[0] = len(cell)
            line[self.columns["group"]] = np.bincount(cell // (SEGMENTS * places), minlength=GROUPS)
            line[self.columns["segment"]] = np.bincount(cell // places % SEGMENTS, minlength=SEGMENTS)
            line[self.columns["municipality"]] = np.bincount(cell % places, minlength=places)

    def fill_capacity(self, capacity: Mapping[str, Floats]) -> None:
        """Sums of the accumulators."""
        places = len(self.municipalities)
        for name, values in capacity.items():
            line, divisor = self.line(name), OUTCOMES[name].divisor
            line[0] = values[0] / divisor
            line[self.columns["municipality"]] = values[1 : 1 + places] / divisor
            line[self.columns["period"]] = values[1 + places :] / divisor

    def fill_access(self, payment: Floats | None) -> None:
        """Pay for access; known for the year and by municipality."""
        line = self.line("access_payment_sek")
        line[:] = np.nan
        paid = np.zeros(len(self.municipalities)) if payment is None else payment
        line[0] = paid.sum()
        line[self.columns["municipality"]] = paid

    def fill_costs(self, prices: Mapping[str, float]) -> None:
        """Cost by payer, and payment for ready patients."""
        region, municipal = costs({name: self.line(name) for name in TOTALS}, prices)
        staff = staff_cost({s: self.line(f"capacity_hours_{s.name.lower()}") for s in HOUR_PRICES}, prices)
        self.line("staff_cost_sek")[:] = staff
        region = region + np.nan_to_num(staff)
        payment = self._payment()
        self.line("payment_days")[:] = payment
        self.line("ready_payment_sek")[:] = payment * float(prices[READY_DAY])
        self.line("cost_region_sek")[:] = region
        self.line("cost_municipality_sek")[:] = municipal
        self.line("cost_total_sek")[:] = region + municipal
        access = np.nan_to_num(self.line("access_payment_sek"))
        self.line("cost_region_net_sek")[:] = region + access - self.line("ready_payment_sek")
        self.line("cost_municipality_net_sek")[:] = municipal + self.line("ready_payment_sek")

    def _payment(self) -> Floats:
        """Days paid for; by municipality and month, nan by group and segment."""
        days = self.cross[TOTALS.index("ready_long_days")].sum(axis=(0, 1))
        episodes = self.cross[TOTALS.index("ready_long_episodes")].sum(axis=(0, 1))
        paid = payment_days(days, episodes)
        line = np.full(len(self.margins), np.nan)
        line[0] = paid.sum()
        line[self.columns["municipality"]] = paid.sum(axis=1)
        line[self.columns["period"]] = paid.sum(axis=0)
        return line

    def fill_concentration(self, people: int) -> None:
        """Shares of the largest users among everybody alive in the window, or among those with any cost."""
        days, cost = self.tally.person_seconds.astype(np.float64), self.tally.person_cost
        self.line("days_top5_share")[0] = top_share(days, 0.05, people)
        self.line("days_top3_share")[0] = top_share(days, 0.03, people)
        self.line("cost_top5_share")[0] = top_share(cost, 0.05, people)
        self.line("cost_top3_share")[0] = top_share(cost, 0.03, people)
        self.line("cost_top5_users_share")[0] = top_share(cost, 0.05, int((cost > 0.0).sum()))

    def fill_strata(self, direct: bool) -> None:
        """Totals by age, and for the enrolled and the others."""
        strata = self.tally.strata.reshape(len(TOTALS), len(AgeClass), 2)
        for info in OUTCOMES.values():
            if not info.stratum or info.source is not Source.TOTAL:
                continue
            if info.stratum in AGE_SUFFIXES:
                table = strata[TOTALS.index(info.name.removesuffix(info.stratum))]
                self.line(info.name)[0] = table[list(OLD[info.stratum])].sum() / info.divisor
            elif direct:
                self.line(info.name)[0] = _of_direct(strata, info)

    def fill_ratios(self) -> None:
        """Ratios of what has been filled."""
        for info in OUTCOMES.values():
            if info.source is Source.RATIO:
                self.line(info.name)[:] = self._ratio(info)

    def _ratio(self, info: OutcomeInfo) -> Floats:
        ratio = _quotient(info, self.line(info.numerator), self.line(info.denominator))
        for margin, columns in self.columns.items():
            if margin != "all" and margin not in info.margins:
                ratio[columns] = np.nan
        return ratio

    def finished(self, split: tuple[str, ...]) -> OutcomeTable:
        """The table; ``split`` names the totals told apart by enrolment."""
        strata = self.tally.strata.reshape(len(TOTALS), len(AgeClass), 2)
        return OutcomeTable(self.outcomes, self.margins, self.values, self.municipalities, self.cross, strata, split)


def _of_direct(strata: npt.NDArray[np.int64], info: OutcomeInfo) -> float:
    """A total of the enrolled or of everybody else; ``strata`` as in a table of outcomes."""
    enrolled = int(info.stratum == next(iter(DIRECT_SUFFIXES)))
    total = strata[TOTALS.index(info.name.removesuffix(info.stratum)), :, enrolled].sum()
    return float(total / info.divisor)


def _quotient(info: OutcomeInfo, above: Floats, below: Floats) -> Floats:
    """A ratio of two lines, shape (margins,); nan where there is nothing below."""
    ratio = np.full(len(above), np.nan)
    np.divide(info.factor * above, below, out=ratio, where=below > 0)
    return ratio
