"""How patients get on the list of a pilot (urval av patienter).

A rule says who may be chosen. Of those, ``n`` are drawn by lot; a clinician takes those who seem most in need. Nobody
in special housing is chosen: it has its own nursing.

What an evaluator could know comes from the twelve months before T0. Only the clinician sees more: the hidden spell of
failing, through noise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sim import chance
from sim.evaluation.draws import Draw, shuffled
from sim.evaluation.use import Before, Floats, Mask, Use
from sim.model.period import Period
from sim.outcomes import PeopleTable
from sim.vocabulary import DAY, YEAR, AgeBand, Chronic, Place

AGE_STARTS = MappingProxyType({int(band.name.split("_")[1]): band for band in AgeBand})
"""Age bands by their lowest age."""
SENIOR, ADULT = 65, 16
DISCHARGED_WITHIN_DAYS = 30
"""How recently the people of ``discharge`` came home (assumption)."""
FREQUENT_IN_A_MONTH = 3
"""Emergency visits within one month that make somebody a frequent attender (mångbesökare) (assumption)."""
FAILING_SEEN, RECENT_SEEN, CLINICIAN_NOISE = 1.5, 0.5, 1.0
"""What a clinician goes by (assumption): a spell of failing and each logarithm of recent contacts, beside noise of this
standard deviation. 1.5 standard deviations tell a failing person from a stable one in 86 of 100 pairs."""


class Start(Protocol):
    """What is known of everybody at T0: ``sim.replication.assigned.AtStart``, or made people."""

    @property
    def period(self) -> Period:
        """Time axis."""
        ...

    @property
    def people(self) -> PeopleTable:
        """Everybody, in order of their numbers; arrays below have shape (persons,)."""
        ...

    @property
    def failing(self) -> Mask:
        """In a spell of failing: hidden from registers."""
        ...

    @property
    def home_nursing(self) -> Mask:
        """Enrolled in home nursing."""
        ...

    @property
    def at(self) -> NDArray[np.int64]:
        """``Place`` of each."""
        ...

    @property
    def alive(self) -> Mask:
        """Entered, and not dead."""
        ...

    @property
    def key(self) -> int:
        """Of the draws of this repeat."""
        ...


class TooFew(ValueError):
    """A region has not as many people as a study needs; the text says how many there are."""


Asked = Callable[[Start, Before, Mask], Mask]
"""Of everybody who could be chosen (a mask), whom the rule takes."""


@dataclass(frozen=True)
class Selection:
    """A rule.

    Attributes
    ----------
    name
        As given on the command line.
    words
        What it is, for people.
    takes
        Whom it takes, of those who could be chosen.
    age
        Lowest age, in years, unless a study says otherwise.
    score
        By what the most needy are taken; None for a lot.
    index
        Whether a stay puts people on the list (indexvårdtillfälle), which may be left out of the time before.
    """

    name: str
    words: str
    takes: Asked
    age: int = SENIOR
    score: Callable[[Start, Before, int], Floats] | None = None
    index: bool = False


def _at_least(outcome: str, number: int) -> Asked:
    def takes(start: Start, before: Before, could: Mask) -> Mask:
        return np.asarray(could & (before.use.total(outcome) >= number))

    return takes


def _frequent_month(start: Start, before: Before, could: Mask) -> Mask:
    return np.asarray(could & (before.use.outcome("emergency_visits").max(axis=1) >= FREQUENT_IN_A_MONTH))


def _highest_risk(share: float) -> Asked:
    def takes(start: Start, before: Before, could: Mask) -> Mask:
        scores = risk(start, before, could)
        return could & (scores >= np.quantile(scores[could], 1.0 - share)) if could.any() else could

    return takes


def _known_to_care(start: Start, before: Before, could: Mask) -> Mask:
    """Whom a clinician has met: home nursing, or a doctor's visit or admission in the year."""
    met = before.use.total("doctor_visits") + before.use.total("admissions") > 0
    return could & (start.home_nursing | met)


def _home_nursing(start: Start, before: Before, could: Mask) -> Mask:
    return could & start.home_nursing


def _discharged(start: Start, before: Before, could: Mask) -> Mask:
    return could & (before.discharged >= start.period.starts - DISCHARGED_WITHIN_DAYS * DAY)


def _clinical_judgement(start: Start, before: Before, key: int) -> Floats:
    """How much in need people seem to a clinician."""
    recent = before.use.between(-3, 0)
    contacts = sum(recent.total(name) for name in ("admissions", "emergency_visits", "doctor_visits"))
    persons = np.arange(len(start.people))
    noise = chance.normal_array(key, persons, int(Draw.CLINICIAN), 0, 0)
    seen = FAILING_SEEN * start.failing + RECENT_SEEN * np.log1p(contacts) + CLINICIAN_NOISE * noise
    return np.asarray(seen, np.float64)


SELECTIONS: Mapping[str, Selection] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            *(
                Selection(
                    f"admissions>={number}",
                    f"at least {number} emergency admission{'s' if number > 1 else ''} in 12 months",
                    _at_least("admissions", number),
                    index=True,
                )
                for number in (1, 2, 3)
            ),
            Selection(
                "emergency>=4", "at least 4 emergency visits in 12 months", _at_least("emergency_visits", 4), ADULT
            ),
            Selection(
                "frequent_month",
                f"at least {FREQUENT_IN_A_MONTH} emergency visits within a month of the last 12",
                _frequent_month,
                ADULT,
            ),
            Selection("risk_top_2", "highest 2 % of predicted risk of an emergency admission", _highest_risk(0.02)),
            Selection("risk_top_5", "highest 5 % of predicted risk of an emergency admission", _highest_risk(0.05)),
            Selection(
                "clinician", "chosen by a clinician who sees who is failing", _known_to_care, score=_clinical_judgement
            ),
            Selection("home_nursing", "everybody with home nursing", _home_nursing),
            Selection(
                "discharge",
                f"discharged from an emergency stay in the last {DISCHARGED_WITHIN_DAYS} days",
                _discharged,
                index=True,
            ),
        )
    }
)
"""The rules, by name."""


def rule_named(name: str) -> Selection:
    """The rule of this name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in SELECTIONS:
        raise ValueError(f"select: {name!r} given, one of {', '.join(SELECTIONS)} needed")
    return SELECTIONS[name]


def could_be_chosen(start: Start, before: Before, age: int, municipalities: NDArray[np.int64] | None = None) -> Mask:
    """Who is alive, of an age, not in special housing, and at home in some municipalities; shape (persons,).

    Parameters
    ----------
    age
        Lowest age in years, where an age band begins.
    municipalities
        Codes; all if None.

    Raises
    ------
    ValueError
        If no age band begins at this age.
    """
    if age not in AGE_STARTS:
        raise ValueError(f"age: {age} given, one of {', '.join(map(str, AGE_STARTS))} needed")
    people = start.people
    could: Mask = start.alive & (people.entry <= start.period.starts) & (people.age_band >= AGE_STARTS[age])
    could &= ~before.special_housing & (start.at != Place.SPECIAL_HOUSING)
    if municipalities is not None:
        could &= np.isin(people.municipality, municipalities)
    return could


def pool(
    rule: str,
    start: Start,
    before: Before,
    age: int | None = None,
    municipalities: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Everybody whom a rule could choose, in order of their numbers; ``age`` is that of the rule if None."""
    asked = rule_named(rule)
    could = could_be_chosen(start, before, asked.age if age is None else age, municipalities)
    return np.flatnonzero(asked.takes(start, before, could))


def select(
    rule: str,
    start: Start,
    before: Before,
    n: int | None,
    key: int,
    age: int | None = None,
    municipalities: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Choose people.

    Parameters
    ----------
    rule
        Name of a rule.
    start, before
        What is known at T0.
    n
        How many; everybody whom the rule takes if None.
    key
        Of the draws.
    age
        Lowest age in years; that of the rule if None.
    municipalities
        Codes of those where people are chosen; all if None.

    Returns
    -------
    array
        Numbers of the persons, in order.

    Raises
    ------
    TooFew
        If the rule does not take so many, or nobody.
    ValueError
        If there is no such rule or age.
    """
    found = pool(rule, start, before, age, municipalities)
    wanted = len(found) if n is None else n
    if len(found) < max(1, wanted):
        raise TooFew(f"n: {n or 'all'} given, but {rule!r} takes {len(found)} people of this region")
    return np.sort(_ranked(rule_named(rule), start, before, found, key)[:wanted])


def _ranked(rule: Selection, start: Start, before: Before, found: NDArray[np.int64], key: int) -> NDArray[np.int64]:
    """Who comes first."""
    if rule.score is None:
        return shuffled(key, Draw.SELECT, found)
    seen = rule.score(start, before, key)[found]
    return found[np.argsort(-seen, kind="stable")]


def register_fields(people: PeopleTable, use: Use, home_nursing: Mask | None = None) -> Floats:
    """What registers know of everybody, as columns of a regression; shape (persons, fields).

    Age, leading lasting condition, home nursing if given, and twelve months' use, whose counts are as 1 + logarithm.
    """
    age = np.array([np.mean([start, 95]) if start == 90 else start + 2.0 for start in AGE_STARTS])
    fields = [age[people.age_band]]
    fields += [people.chronic == condition for condition in Chronic if condition != Chronic.NONE]
    fields += [] if home_nursing is None else [home_nursing]
    names = ("admissions", "emergency_visits", "hospital_days", "doctor_visits")
    fields += [np.log1p(use.total(name)) for name in names]
    return np.column_stack(fields).astype(np.float64)


def risk(start: Start, before: Before, could: Mask) -> Floats:
    """Predicted risk of an emergency admission within twelve months, as an evaluator could fit it; shape (persons,).

    A logistic regression of the last twelve months' admissions on the register fields of the twelve months before
    them, of everybody of those ages who then lived; then applied to the last twelve months.
    Home nursing is not in it: it is in another register.

    Raises
    ------
    ValueError
        If less than two years are simulated before T0, or nobody, or everybody, was admitted.
    """
    if before.earlier is None:
        raise ValueError("risk model: time.warm_up_days + time.pre_period_days of at least 730 needed to fit it")
    people = start.people
    if not could.any():
        return np.zeros(len(people))
    lived = (people.entry <= start.period.starts - YEAR) & (before.use.alive[:, 0] > 0)
    lived &= people.age_band >= people.age_band[could].min()
    admitted = before.use.total("admissions")[lived] > 0
    if admitted.all() or not admitted.any():
        raise ValueError(f"risk model: {int(admitted.sum())} of {len(admitted)} people admitted, nothing to be fitted")
    model = make_pipeline(StandardScaler(), LogisticRegression(solver="newton-cholesky"))
    model.fit(register_fields(people, before.earlier)[lived], admitted)
    scores = np.zeros(len(people))
    scores[could] = model.predict_proba(register_fields(people, before.use)[could])[:, 1]
    return scores
