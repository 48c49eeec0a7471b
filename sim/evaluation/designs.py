"""Study designs: whom they compare, and who gets the intervention (studiedesign).

A design lays a study out at T0: who is on the list, who is compared with them, and which people, municipalities and
months have the intervention. It knows what the registers know at T0, not what will come.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sim.evaluation.draws import Draw, shuffled
from sim.evaluation.estimators import matched_pairs, standardised_differences
from sim.evaluation.selection import (
    Start,
    TooFew,
    could_be_chosen,
    pool,
    register_fields,
    rule_named,
    select,
)
from sim.evaluation.use import Before, Mask

COMPARED = 3
"""Most people that are compared with each treated one, in designs that do not match."""

FEWEST_PLACES = 4
"""Municipalities that can be randomised: two on either side."""

Persons = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Allocation:
    """Who gets the new governance.

    Attributes
    ----------
    people
        Who gets it, shape (persons,).
    start_months
        By municipality, months after T0; None if all begin at T0.
    """

    people: Mask
    start_months: NDArray[np.int64] | None = None

    def same(self, other: Allocation) -> bool:
        """Whether the other is equal, so that one simulation serves both."""
        alike = (self.start_months is None) == (other.start_months is None)
        if alike and self.start_months is not None and other.start_months is not None:
            alike = np.array_equal(self.start_months, other.start_months)
        return alike and np.array_equal(self.people, other.people)


@dataclass(frozen=True, eq=False)
class Layout:
    """A study at T0.

    Attributes
    ----------
    allocation
        Who gets the intervention, in the whole region.
    persons
        Who is in the study: the treated, and those compared with them.
    treated
        Which of them have the intervention (sooner or later), shape (persons in the study,).
    start
        Month after T0 from which each of them has it; 0 unless the design says otherwise.
    cluster
        Municipality of each of them.
    pairs
        Number of the pair of each, if they were matched.
    listed
        How many people were on the list.
    balance
        Largest standardised difference of a register field between the groups; nan without groups.
    """

    allocation: Allocation
    persons: Persons
    treated: Mask
    start: NDArray[np.int64]
    cluster: NDArray[np.int64]
    pairs: NDArray[np.int64] | None = None
    listed: int = 0
    balance: float = math.nan


@dataclass(frozen=True)
class Ask:
    """What a design needs to know of a study: who is chosen, where, for how long."""

    select: str
    n: int | None
    months: int
    age: int | None = None
    municipalities: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Design:
    """A design.

    Attributes
    ----------
    name
        As given on the command line.
    words
        What it is, for people.
    lay
        Lays it out.
    elsewhere
        Whether it compares with municipalities that are without the intervention.
    places
        How many municipalities it needs at least where the intervention takes place.
    """

    name: str
    words: str
    lay: Callable[[_Sight], Layout] = field(repr=False)
    elsewhere: bool = False
    places: int = 1


@dataclass(frozen=True, eq=False)
class _Sight:
    """What a design sees at T0."""

    ask: Ask
    start: Start
    before: Before

    @property
    def key(self) -> int:
        return self.start.key

    @property
    def age(self) -> int:
        """Lowest age of the study."""
        return rule_named(self.ask.select).age if self.ask.age is None else self.ask.age

    @property
    def here(self) -> NDArray[np.int64]:
        """Codes of the municipalities with the intervention."""
        return municipalities_of(self.start, self.ask.municipalities)

    @property
    def elsewhere(self) -> NDArray[np.int64]:
        """Codes of all others.

        Raises
        ------
        ValueError
            If there are none.
        """
        others = np.setdiff1d(np.arange(len(self.start.people.municipalities)), self.here)
        if not len(others):
            raise ValueError(
                "municipalities: all have the intervention, this design needs another one to compare with; "
                "--municipalities NAME ... says where it takes place"
            )
        return others

    def chosen(self) -> Persons:
        """The list."""
        return select(self.ask.select, self.start, self.before, self.ask.n, self.key, self.ask.age, self.here)

    def general(self, municipalities: NDArray[np.int64], without: Persons) -> Persons:
        """People of the ages of the study at home there, without some."""
        could = could_be_chosen(self.start, self.before, self.age, municipalities)
        could[without] = False
        return np.flatnonzero(could)

    def layout(
        self,
        treated: Persons,
        others: Persons,
        people: Persons | None = None,
        pairs: NDArray[np.int64] | None = None,
        listed: int | None = None,
    ) -> Layout:
        """Put together; ``people`` are those with the intervention, if they are not the treated of the study."""
        persons = np.concatenate([treated, others])
        mask = np.zeros(len(self.start.people), np.bool_)
        mask[treated if people is None else people] = True
        is_treated = np.arange(len(persons)) < len(treated)
        return Layout(
            Allocation(mask),
            persons,
            is_treated,
            np.zeros(len(persons), np.int64),
            self.start.people.municipality[persons],
            pairs,
            len(treated) if listed is None else listed,
            self.balance(persons, is_treated),
        )

    def fields(self, persons: Persons) -> NDArray[np.float64]:
        """Register fields of some people."""
        return register_fields(self.start.people, self.before.use, self.start.home_nursing)[persons]

    def balance(self, persons: Persons, treated: Mask) -> float:
        """Largest standardised difference."""
        if treated.all() or not treated.any():
            return math.nan
        return float(np.abs(standardised_differences(self.fields(persons), treated)).max())


def municipalities_of(start: Start, names: tuple[str, ...] | None) -> NDArray[np.int64]:
    """Codes of municipalities; all of them if None.

    Raises
    ------
    ValueError
        If one is not in the region.
    """
    known = start.people.municipalities
    if names is None:
        return np.arange(len(known))
    for name in names:
        if name not in known:
            raise ValueError(f"municipalities: {name!r} given, one of {', '.join(known)} needed")
    return np.array([known.index(name) for name in names], np.int64)


def _alone(sight: _Sight) -> Layout:
    """The list, compared with itself."""
    return sight.layout(sight.chosen(), np.zeros(0, np.int64))


def _concurrent(sight: _Sight) -> Layout:
    """The list, and people chosen by the same rule where there is no intervention."""
    treated = sight.chosen()
    there = pool(sight.ask.select, sight.start, sight.before, sight.ask.age, sight.elsewhere)
    if not len(there):
        raise TooFew(f"n: {sight.ask.select!r} takes nobody in the other municipalities")
    others = np.sort(shuffled(sight.key, Draw.COMPARE, there)[: COMPARED * len(treated)])
    return sight.layout(treated, others)


def _unselected(sight: _Sight) -> Layout:
    """The list, and people of the same ages and municipalities whom the rule does not take."""
    treated = sight.chosen()
    taken = pool(sight.ask.select, sight.start, sight.before, sight.ask.age, sight.here)
    rest = sight.general(sight.here, np.union1d(taken, treated))
    if not len(rest):
        raise TooFew(f"n: {sight.ask.select!r} takes everybody of these ages, nobody is left to compare with")
    return sight.layout(treated, np.sort(shuffled(sight.key, Draw.COMPARE, rest)[: COMPARED * len(treated)]))


def _waiting(sight: _Sight, treated: Persons) -> Persons:
    taken = pool(sight.ask.select, sight.start, sight.before, sight.ask.age, sight.here)
    return np.setdiff1d(taken, treated)


def _eligible(sight: _Sight, treated: Persons) -> Persons:
    return sight.general(sight.here, treated)


def _other(sight: _Sight, treated: Persons) -> Persons:
    return sight.general(sight.elsewhere, treated)


def _matched(candidates: Callable[[_Sight, Persons], Persons], where: str) -> Callable[[_Sight], Layout]:
    """The list, matched one to one with candidates by what the registers know; perhaps nobody finds a match."""

    def lay(sight: _Sight) -> Layout:
        listed = sight.chosen()
        others = candidates(sight, listed)
        if len(others) < 2:
            raise TooFew(f"n: {len(listed)} chosen by {sight.ask.select!r}, nobody {where} is left to match with")
        persons = np.concatenate([listed, others])
        treated = np.arange(len(persons)) < len(listed)
        fields = sight.fields(persons)
        model = make_pipeline(StandardScaler(), LogisticRegression(solver="newton-cholesky")).fit(fields, treated)
        order = np.argsort(shuffled_places(sight.key, listed), kind="stable")
        first, second = matched_pairs(model.decision_function(fields), treated, order=order)
        pairs = np.tile(np.arange(len(first)), 2)
        return sight.layout(persons[first], persons[second], people=listed, pairs=pairs, listed=len(listed))

    return lay


def shuffled_places(key: int, persons: Persons) -> NDArray[np.int64]:
    """Rank of each of these persons in a random order."""
    order = shuffled(key, Draw.ALLOCATE, persons)
    ranks = np.empty(len(persons), np.int64)
    ranks[np.searchsorted(persons, order)] = np.arange(len(persons))
    return ranks


def _randomised(sight: _Sight) -> Layout:
    """The list, of which a random half has the intervention."""
    listed = sight.chosen()
    if len(listed) < 4:
        raise TooFew(f"n: {len(listed)} given, at least 4 needed to be randomised")
    order = shuffled(sight.key, Draw.ALLOCATE, listed)
    half = len(listed) // 2
    return sight.layout(np.sort(order[:half]), np.sort(order[half:]), listed=len(listed))


def _places(sight: _Sight) -> tuple[Persons, NDArray[np.int64]]:
    """The list, and the municipalities in random order.

    Raises
    ------
    TooFew
        If fewer than ``FEWEST_PLACES`` municipalities have anybody on the list.
    """
    listed = sight.chosen()
    places = np.unique(sight.start.people.municipality[listed])
    if len(places) < FEWEST_PLACES:
        raise TooFew(
            f"municipalities: people of {len(places)} on the list, at least {FEWEST_PLACES} needed to be randomised or "
            "take turns"
        )
    return listed, shuffled(sight.key, Draw.CLUSTER, places)


def _clusters(sight: _Sight) -> Layout:
    """The list, in municipalities of which a random half has the intervention."""
    listed, places = _places(sight)
    new = np.isin(sight.start.people.municipality[listed], places[: len(places) // 2])
    return sight.layout(listed[new], listed[~new], listed=len(listed))


def _stepped(sight: _Sight) -> Layout:
    """The list, in municipalities that get the intervention one after another, in random order."""
    listed, places = _places(sight)
    turn = np.arange(1, len(places) + 1)
    months = np.rint(turn * sight.ask.months / (len(places) + 1)).astype(np.int64)
    start_months = np.zeros(len(sight.start.people.municipalities), np.int64)
    start_months[places] = months
    found = sight.layout(listed, np.zeros(0, np.int64))
    return Layout(
        Allocation(found.allocation.people, start_months),
        found.persons,
        found.treated,
        start_months[found.cluster],
        found.cluster,
        None,
        len(listed),
    )


DESIGNS: Mapping[str, Design] = MappingProxyType(
    {
        design.name: design
        for design in (
            Design("before_after", "before-after, the same people", _alone),
            Design("concurrent", "before-after beside another municipality, same rule", _concurrent, elsewhere=True),
            Design("matched_waiting", "matched with the waiting list", _matched(_waiting, "on the waiting list")),
            Design("matched_eligible", "matched with others of the same ages", _matched(_eligible, "of these ages")),
            Design(
                "matched_other",
                "matched with another municipality",
                _matched(_other, "in the other municipalities"),
                elsewhere=True,
            ),
            Design("did", "difference in differences, others of the same ages", _unselected),
            Design("its", "interrupted time series", _alone),
            Design("randomised", "randomised, one to one", _randomised),
            Design("cluster", "municipalities randomised", _clusters, places=FEWEST_PLACES),
            Design("stepped_wedge", "municipalities one after another", _stepped, places=FEWEST_PLACES),
            Design("twin", "the same people without the intervention", _alone),
        )
    }
)
"""The designs, by name."""


def design_named(name: str) -> Design:
    """The design of this name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in DESIGNS:
        raise ValueError(f"design: {name!r} given, one of {', '.join(DESIGNS)} needed")
    return DESIGNS[name]


def lay_out(design: str, ask: Ask, start: Start, before: Before) -> Layout:
    """Lay a study out at T0.

    Parameters
    ----------
    design
        Name of a design.
    ask
        Who is chosen, where, for how long.
    start, before
        What is known at T0.

    Raises
    ------
    TooFew
        If the region has not as many people, or municipalities, as the study needs.
    ValueError
        If the design does not go with where the intervention takes place.
    """
    return design_named(design).lay(_Sight(ask, start, before))
