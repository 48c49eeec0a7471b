"""The page of outcomes, ``docs/outcomes.md``, from the registry: ``python -m sim.outcomes.describe``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.outcomes import names
from sim.outcomes.names import OUTCOMES, OutcomeInfo
from sim.vocabulary import Service

INTRODUCTION = """\
# Outcomes

Every outcome that a run is measured by: its name in the tables, unit, definition, Swedish term (*svensk
term*), and which direction is better, if one is. This page is written by `python -m sim.outcomes.describe`.

## How to read them

**Tables are tidy**: one row per outcome and margin. A margin is everything (`all`), one of the four groups,
one of the need segments, one municipality, or one month of the window (`month-01` ... ; a month is a
twelfth of 365 days). Values that are not defined are left out: a ratio whose denominator is zero, capacity
by group. The group and segment of a contact are those of the person when the contact was opened, of a
hospital day those when the spell began, of time alive those at that time. The segment `other` holds
everybody outside the three need segments, whatever their age.

**Totals are exact sums** of whole seconds or counts. Ratios and means are made of two totals that are
outcomes too, so that differences between arms and intervals over replications can be built from sums.
Medians and 90th percentiles come from the single rows, by linear interpolation.

**Over replications** every outcome is the plain mean of its values, one from each replication. So a ratio is the
mean of the replications' ratios, not the ratio of the mean totals, which the rows of the totals give. A
replication without a denominator has no ratio and does not count. Only `relative` of a comparison is a
quotient of two means.

**Windows truncate**: time before and after is not counted, and time is counted in the month in which it
passes. Visits count when they begin, calls and emergency visits when they are made, waits when they are
over, discharges when they happen.

**Three quantities that must never be mixed up.** *Labelled avoidable* (`labelled_days`) is a label put on
days by rules that a register could apply. *Preventable in principle* (`preventable_days`) is an upper bound
from the hidden truth of the model: the required level was within reach of a mobile team, as if contact had
been instant. *Truly avoided* is no outcome of a single run but the paired difference in `hospital_days`
between two governances.

## The exclusive split of hospital days

A **spell** is continuous hospital care from the admission decision (boarding counts) to leaving hospital or
death. Stays that begin less than 24 h after the one before are joined; time between joined stays is not
hospital time. An emergency visit alone is no spell. The first stay gives the spell its main diagnosis,
hidden level, and whether it is planned. Cancelled stays (no bed was ever obtained, and the patient left)
are no care.

Each second of a spell belongs to one class:

1. `ready_days`: after clinically ready, also if the patient then dies; a relapse ends readiness.
2. `readmission_days`: the rest of an unplanned spell that starts less than 720 h after a live discharge
   from any spell (a readmission may itself be followed by one; planned spells may be followed by one;
   planned returns are excluded).
3. `acs_days`: else, the rest of an unplanned spell with an ambulatory-care-sensitive main diagnosis.
4. `short_stay_days`: else, the rest of an unplanned spell of less than 48 h in all, discharged alive,
   without surgery, intensive care or procedure.
5. `other_days`: everything else, planned spells included.

A spell still open when the records end is labelled by what is known: it may be of class 1, 2 or 3, but not
4, since its total is unknown. A spell that crosses the edge of a window is labelled by its whole length.
Discharges before the window are known, so the first 30 days are labelled like the rest.

**Readiness.** `ready_days` is exact time. The mean of `ready_mean_days` follows the Swedish statistic:
midnights, with same-day departures excluded and reported as a share; relapse, transfer and death end no
episode of departure. The municipality pays for the days by which the mean of a month exceeds three
(`payment_days`), per municipality and month of departure, over the same episodes.
"""

PATTERN_OF_TIMES = """\
Each time has five outcomes: `_total` (sum), `_count` (number), `_mean`, `_median` and `_p90`. Unit, Swedish
term and definition:
"""

PATTERN_OF_SERVICES = """\
Each service has six outcomes, by municipality and month: `used_hours_`, `capacity_hours_` (unit-hours in
use and open), `queue_hours_` (hours waited), `requests_` (number), `utilisation_` (used per open; share)
and `queue_mean_` (hours waited per request), each followed by the name of the service:
"""

PATTERN_OF_STRATA = """\
Some outcomes are also given for some people only, without margins: `_65` and `_80` for people aged 65 or 80
and over, `_direct` for people ever enrolled in any arm, and `_spillover` for everybody else
(the same people in all arms). `OutcomeTable.stratum` gives any total or ratio by age class, and those under
`_direct` by enrolment too; all of them in a table measured with `direct`.
"""


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def _outcomes(infos: Iterable[OutcomeInfo]) -> str:
    """A table of outcomes."""
    header = ("outcome", "unit", "definition", "svensk term", "better")
    return _table(header, ([f"`{i.name}`", i.unit, i.definition, i.swedish, i.better or "–"] for i in infos))


def _times() -> str:
    """A table of times, one line each."""
    lines = ([f"`{t.name}`", t.unit, _words(t.english), t.swedish] for t in names.TIMES)
    return _table(("time", "unit", "definition", "svensk term"), lines)


def _words(english: str) -> str:
    """The definition of a time."""
    return f"Time {english}." if english.startswith("from ") else f"Time from asking {english}."


def _services() -> str:
    """A table of services, one line each."""
    lines = ([f"`{s.name.lower()}`", names.SERVICE_SWEDISH[s]] for s in Service)
    return _table(("service", "svensk term"), lines)


def _strata() -> str:
    """Which outcomes have suffixes."""
    lines = []
    for suffix in (*names.AGE_SUFFIXES, *names.DIRECT_SUFFIXES):
        having = [i.name.removesuffix(suffix) for i in OUTCOMES.values() if i.stratum == suffix]
        lines.append([f"`{suffix}`", ", ".join(f"`{name}`" for name in having)])
    return _table(("suffix", "outcomes"), lines)


def page() -> str:
    """The whole page."""
    sections = (
        ("Hospital spells and days", _outcomes((*names.SPELLS, *names.SPELL_RATIOS, *names.READY_PAYMENT))),
        ("Contacts", _outcomes((*names.CONTACTS, *names.CONTACT_RATIOS, *names.FREQUENT_VISITORS))),
        ("Times", PATTERN_OF_TIMES + "\n" + _times()),
        ("Needs", _outcomes(names.NEEDS)),
        ("People", _outcomes(names.PEOPLE)),
        ("Per person-year alive", _outcomes(i for i in OUTCOMES.values() if _is_rate(i))),
        ("Beds", _outcomes(names.BEDS)),
        ("Services", PATTERN_OF_SERVICES + "\n" + _services()),
        ("Cost and concentration", _outcomes((*names.COSTS, *names.CONCENTRATION))),
        ("Some people only", PATTERN_OF_STRATA + "\n" + _strata()),
    )
    return INTRODUCTION + "".join(f"\n## {title}\n\n{text}" for title, text in sections)


def _is_rate(info: OutcomeInfo) -> bool:
    return info.name.endswith("_per_person_year") and not info.stratum


if __name__ == "__main__":
    print(page(), end="")
