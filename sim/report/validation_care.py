"""Distributions behind the targets (fördelningar): time in the emergency department, stays, readmission, age, beds."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.model.period import Period
from sim.report.canvas import clean
from sim.report.numbers import number, per_cent
from sim.report.validation_parts import (
    BLUE,
    EDGE,
    ORANGE,
    RANGE,
    RED,
    SKY,
    Drawing,
    Floats,
    across,
    dots,
    edges,
    fit,
    legend,
    line,
    paper,
    part,
    said,
    times,
)
from sim.report.validation_words import AGES, BANDS
from sim.validation.validation import Band, Validation, Verdict
from sim.validation.views import (
    DOCTOR_BINS,
    DOCTOR_MINUTES,
    MINUTE_BINS,
    MINUTES,
    RETURN_DAYS,
    STAY_BINS,
    published_deaths,
)
from sim.vocabulary import YEAR, AgeBand

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

AGE_COLOURS = (BLUE, SKY, ORANGE, RED)
"""As ``AGES``: all adults, 16-64, 65-79, 80 and over."""
OLD = int(AgeBand.AGE_65_69)
OLDEST = int(AgeBand.AGE_80_84)


# --- time in the emergency department ----------------------------------------------------------------------------


def emergency(found: Validation) -> Figure:
    """Times by age; what has been left by when; time to a doctor."""
    sources = (
        "U15 (median)",
        "U16 (median at 80)",
        "U17 (90th percentile)",
        "U18 (within four hours)",
        "U19 (to doctor)",
    )
    pens = [Line2D([], [], color=c, lw=1.4, label=a) for c, a in zip(AGE_COLOURS, AGES, strict=True)]
    marks = [Patch(color=RANGE, label="Published, range"), Line2D([], [], color=EDGE, lw=1.6, label="Published, value")]
    figure = paper(found, "validation-emergency-time", 2.75, sources, [*pens, *marks], 6)
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.1, 1.25, 0.9))
    _times_by_age(left, found.views["emergency_minutes"])
    _left_by(middle, found)
    _to_doctor(right, found)
    return figure


def _times_by_age(axes: Axes, view: Band) -> None:
    """Share of visits in each half-hour."""
    hours = np.arange(MINUTE_BINS // 2 + 1) * 0.5
    for age, colour in list(enumerate(AGE_COLOURS))[1:]:
        shares = np.diff(view.mean[age, 1:MINUTE_BINS:2], prepend=0.0)
        axes.stairs(100 * shares, hours, color=colour, lw=1.3)
    axes.set_xlim(0, 14)
    axes.set_xticks(range(0, 15, 2))
    axes.set_xlabel("Hours from arrival to departure")
    axes.set_ylabel("% of visits in each half-hour")
    axes.set_title("Distribution by age")
    clean(axes, "y")


def _left_by(axes: Axes, found: Validation) -> None:
    """Share that has left by each time, with what is published."""
    view, minutes = found.views["emergency_minutes"], np.arange(1, MINUTE_BINS + 1) * MINUTES
    for age in (0, 3):
        line(axes, minutes / 60, times(part(view, age, slice(0, MINUTE_BINS)), 100), AGE_COLOURS[age])
    _along(axes, found.verdict("emergency_median"), 50, 1 / 60)
    _along(axes, found.verdict("emergency_p90"), 90, 1 / 60)
    _along(axes, found.verdict("emergency_median_80"), 50, 1 / 60, RED)
    _upright(axes, found.verdict("emergency_4h"), 4, 100)
    for text, at, put in (
        ("median, adults", (4.15, 48), (6.2, 33)),
        ("median, 80 and over", (4.9, 48), (7.2, 44)),
        ("90th percentile,\nadults", (8.6, 88), (9.2, 73)),
        ("within four hours", (4.0, 45), (5.2, 22)),
    ):
        _pointed(axes, text, at, put)
    axes.set_xlim(0, 14)
    axes.set_xticks(range(0, 15, 2))
    axes.set_ylim(0, 101)
    axes.set_xlabel("Hours from arrival to departure")
    axes.set_ylabel("% of visits over by then")
    axes.set_title("Over by then, and published")
    clean(axes, "y")


def _pointed(axes: Axes, text: str, at: tuple[float, float], put: tuple[float, float]) -> None:
    """A label with a thin line to what it names."""
    line_ = {"arrowstyle": "-", "color": EDGE, "lw": 0.5, "shrinkA": 0, "shrinkB": 1}
    axes.annotate(text, at, put, size=6.5, color=EDGE, va="center", arrowprops=line_, zorder=7)


def _along(axes: Axes, verdict: Verdict | None, height: float, factor: float, colour: str = EDGE) -> None:
    """A published range of a quantile, lying at its share."""
    if verdict is None:
        return
    low, value, high = edges(verdict, factor)
    axes.fill_between([low, high], height - 1.8, height + 1.8, color=RANGE, lw=0, zorder=5)
    axes.plot([low, high], [height, height], color=colour, lw=0.8, zorder=6)
    if np.isfinite(value):
        axes.plot([value, value], [height - 2.4, height + 2.4], color=colour, lw=1.6, zorder=6)


def _upright(axes: Axes, verdict: Verdict | None, x: float, factor: float) -> None:
    """A published range of a share, standing at its time."""
    if verdict is None:
        return
    low, value, high = edges(verdict, factor)
    axes.plot([x, x], [low, high], color=RANGE, lw=4, solid_capstyle="butt", zorder=5)
    axes.plot([x - 0.22, x + 0.22], [value, value], color=EDGE, lw=1.6, zorder=6)


def _to_doctor(axes: Axes, found: Validation) -> None:
    view, minutes = found.views["doctor_minutes"], np.arange(1, DOCTOR_BINS + 1) * DOCTOR_MINUTES
    for age in (0, 3):
        line(axes, minutes / 60, times(part(view, age, slice(0, DOCTOR_BINS)), 100), AGE_COLOURS[age])
    _along(axes, found.verdict("emergency_doctor"), 50, 1 / 60)
    _pointed(axes, "median, adults", (1.0, 48), (1.5, 33))
    axes.set_xlim(0, 4)
    axes.set_ylim(0, 101)
    axes.set_xlabel("Hours until a doctor")
    axes.set_ylabel("% of visits seen by then")
    axes.set_title("Time to a doctor")
    clean(axes, "y")


def tell_emergency(found: Validation) -> str:
    """Medians, tail, and four hours."""
    get = found.verdict
    return (
        "Left: how long visits take, by age; who is admitted waits there for a bed. Middle: the share of visits "
        f"that are over by each time. Median of adults {said(get('emergency_median'))} minutes, 80 and over "
        f"{said(get('emergency_median_80'))}; 90th percentile {said(get('emergency_p90'))}; within four hours "
        f"{said(get('emergency_4h'), share=True)}. Right: time to a doctor, median {said(get('emergency_doctor'))} "
        "minutes."
    )


# --- lengths of stay ---------------------------------------------------------------------------------------------


def stays(found: Validation) -> Figure:
    """Spells by length in days, and their means and tails."""
    pens = [Line2D([], [], color=c, lw=1.4, marker="o", ms=4, label=a) for c, a in _STAY_AGES]
    marks = [Patch(color=RANGE, label="Published, range"), Line2D([], [], color=EDGE, lw=1.6, label="Published, value")]
    figure = paper(found, "validation-stays", 2.75, ("U29 (mean stay, 65 and over)",), [*pens, *marks], 4)
    left, middle, right = figure.subplots(1, 3, width_ratios=(2.1, 0.8, 1.0))
    view, figures = found.views["stays"], found.views["stay_figures"]
    for row, (colour, _) in enumerate(_STAY_AGES):
        left.stairs(100 * view.mean[row, :30], np.arange(31), color=colour, lw=1.4)
        left.stairs(
            100 * view.high[row, :30],
            np.arange(31),
            baseline=100 * view.low[row, :30],
            fill=True,
            color=colour,
            alpha=0.2,
        )
        left.axvline(figures.mean[row, 0], color=colour, lw=1.0, ls=(0, (4, 2)))
    for x, text in ((2, "48 h"), (14, "14 days")):
        left.axvline(x, color=EDGE, lw=0.7, ls=":")
        left.text(x + 0.2, 0.99, text, transform=left.get_xaxis_transform(), size=6.5, color=EDGE, va="top")
    left.set_xlim(0, 30)
    fit(left, times(part(view, slice(None), slice(0, 30)), 100))
    left.set_xlabel("Length of the spell, days (dashed: means)")
    left.set_ylabel("% of spells in each day")
    left.set_title("Distribution")
    clean(left, "y")
    _stay_dots(middle, figures, (0,), ("mean",), "Mean, days", 1.0, 7.0)
    across(middle, found.verdict("stay_mean_65"), -0.1, 0.45)
    _stay_dots(right, figures, (1, 2), ("under 48 h", "over 14 d"), "% of spells", 100.0, 0.0)
    return figure


_STAY_AGES = ((SKY, "under 65"), (RED, "65 and over"))


def _stay_dots(
    axes: Axes, view: Band, columns: tuple[int, ...], names: tuple[str, ...], unit: str, factor: float, published: float
) -> None:
    for row, (colour, _) in enumerate(_STAY_AGES):
        x = np.arange(len(columns)) + (row - 0.5) * 0.35
        dots(axes, x, times(part(view, row, list(columns)), factor), colour)
    axes.set_xticks(range(len(names)), names)
    axes.set_xlim(-0.6, len(names) - 0.4)
    fit(axes, times(part(view, slice(None), list(columns)), factor), published=published)
    axes.set_title(unit)
    clean(axes, "y")


def tell_stays(found: Validation) -> str:
    """Means and tails by age."""
    young, old = found.views["stay_figures"].mean
    return (
        f"Hospital spells, transfers joined. From 65 they last {said(found.verdict('stay_mean_65'))} days on "
        f"average, under 65 {number(float(young[0]))}. The published mean is of clinic discharges, and a spell joins "
        f"about 1.15 of them, so it should lie near the upper edge. Under 48 hours last {per_cent(float(old[1]))} of "
        f"spells from 65 and {per_cent(float(young[1]))} of the others, over 14 days {per_cent(float(old[2]))} and "
        f"{per_cent(float(young[2]))}; these have no published figure in the table of targets. Longer than 30 days "
        f"last {per_cent(float(found.views['stays'].mean[1, 30 : STAY_BINS + 1].sum()))} from 65; they are not drawn."
    )


# --- readmission -------------------------------------------------------------------------------------------------


def readmission(found: Validation) -> Figure:
    """By day in the first month, by week over the year, and cumulative."""
    sources = ("U30 (within 30 days, of spells)", "U32 (first week)")
    figure = paper(found, "validation-readmission", 2.6, sources, legend(), 3)
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.1, 0.9, 1.15))
    view, past = times(found.views["returns"], 100), times(found.views["returned"], 100)
    days = np.arange(1, 31)
    colours = np.where(days <= 7, BLUE, SKY)
    left.bar(days, view.mean[:30], width=0.8, color=colours.tolist(), zorder=2)
    left.vlines(days, view.low[:30], view.high[:30], color=EDGE, lw=0.7, zorder=3)
    _week_told(left, found.verdict("readmission_week"))
    fit(left, part(view, slice(0, 30)))
    left.set_xticks([1, 7, 14, 21, 30])
    left.set_xlabel("Day since discharge")
    left.set_ylabel("% of discharges, each day")
    left.set_title("The first month")
    weekly = times(found.views["returned_by_week"], 100)
    line(middle, np.arange(1, len(weekly.mean) + 1), weekly, BLUE)
    _log(middle, weekly.mean)
    middle.set_xlabel("Week since discharge")
    middle.set_ylabel("% of discharges, each day (log)")
    middle.set_title("The year")
    line(right, np.arange(1, RETURN_DAYS + 1), past, BLUE)
    verdict = found.verdict("readmission_65")
    if verdict is not None:
        low, value, high = edges(verdict, 100)
        right.plot([30, 30], [low, high], color=RANGE, lw=7, solid_capstyle="butt", zorder=3)
        right.plot([18, 42], [value, value], color=EDGE, lw=1.6, zorder=4)
        _pointed(right, "within 30 days", (36, low), (75, 6))
    right.set_xlim(0, RETURN_DAYS)
    right.set_xticks([0, 30, 90, 180, 270, 365])
    fit(right, past)
    right.set_xlabel("Days since discharge")
    right.set_ylabel("% of discharges, until then")
    right.set_title("Come back by then")
    for axes in (left, middle, right):
        clean(axes, "y")
    return figure


def _log(axes: Axes, values: Floats) -> None:
    """A logarithmic axis with plain numbers."""
    ticks = [tick for tick in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2) if tick < 2 * float(np.nanmax(values))]
    axes.set_yscale("log")
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    positive = values[values > 0]
    axes.set_ylim(0.7 * float(positive.min()) if len(positive) else ticks[0], 1.4 * float(np.nanmax(values)))


def _week_told(axes: Axes, verdict: Verdict | None) -> None:
    if verdict is None:
        return
    low, _, high = edges(verdict)
    text = f"first week: {per_cent(verdict.simulated)}\nof the 30 days\n(published {100 * low:.0f} to {per_cent(high)})"
    axes.text(0.97, 0.95, text, transform=axes.transAxes, size=7, ha="right", va="top")


def tell_readmission(found: Validation) -> str:
    """Within 30 days, the first week, and later."""
    get, daily = found.verdict, found.views["returns"].mean
    later = get("returns_31_365")
    return (
        "Next unplanned spell after a live discharge; a return within 24 hours goes on with the same spell. Within "
        f"30 days {said(get('readmission_65'), share=True)}, of these in the first week (dark) "
        f"{said(get('readmission_week'), share=True)}; on days 31 to 365 another "
        f"{per_cent(later.simulated) if later else ''}. On days 2 to 7 {per_cent(float(daily[1:7].mean()))} of the "
        f"discharges come back each day, in the last half of the year {number(100 * float(daily[182:].mean()), 2)} "
        "%: vulnerability after an illness passes, and what remains is frailty and new spells. Whoever dies cannot "
        "come back."
    )


# --- by age ------------------------------------------------------------------------------------------------------


_MOST = (0.7, 0.35, 2.0, 1.3)
"""What is published at most, for the axes."""


def by_age(found: Validation) -> Figure:
    """Use per person-year and deaths, by age band."""
    sources = ("U09, U10 (emergency visits)", "U21, U22 (spells)", "U29 (days)", "U01 (doctor visits)", "P10 (deaths)")
    figure = paper(found, "validation-use-by-age", 4.6, sources, legend(), 3)
    panels = figure.subplots(2, 3).ravel()
    use, x = found.views["use_by_age"], np.arange(len(BANDS))
    titles = ("Emergency visits", "Hospital spells", "Hospital days", "Primary-care doctor visits")
    for row, (axes, title) in enumerate(zip(panels, titles, strict=False)):
        axes.plot(x, use.mean[row], color=BLUE, lw=1.0, zorder=4)
        dots(axes, x, part(use, row), BLUE)
        _bands(axes, title, "per person-year")
        fit(axes, part(use, row), published=_MOST[row])
    people = found.verdict("people")
    get, last = found.verdict, len(BANDS) - 0.5
    across(panels[0], get("emergency_visits_65"), OLD - 0.5, last)
    across(panels[0], get("emergency_visits_80"), OLDEST - 0.5, last)
    across(panels[1], get("spells"), -0.5, last, 1 / 1000)
    across(panels[1], get("spells_65"), OLD - 0.5, last, 1 / 1000)
    _per_person(panels[2], get("beds_under_65"), people, get("people_65"), young=True)
    _per_person(panels[2], get("beds_65"), people, get("people_65"), young=False)
    across(panels[3], get("doctor_visits"), -0.5, last)
    for axes, x_at, y_at, text in (
        (panels[0], 4, 0.35, "65+"),
        (panels[0], 6.6, 0.72, "80+"),
        (panels[1], -0.4, 0.13, "all ages"),
        (panels[1], 3.6, 0.325, "65+"),
        (panels[2], 3.6, 2.1, "65+"),
        (panels[2], -0.4, 0.5, "under 65"),
        (panels[3], -0.4, 1.33, "all ages"),
    ):
        axes.text(x_at, y_at, text, size=6.5, color=EDGE)
    _deaths(panels[4], found.views["deaths_by_age"])
    panels[5].axis("off")
    panels[5].text(
        0,
        0.95,
        "Published figures are means over\nthe bands that the grey line spans:\ndots of large bands count most.\n\n"
        "Hospital days, under and from 65:\nderived from beds and people.\n\nDeaths: the age table, band by band.",
        transform=panels[5].transAxes,
        size=7.5,
        va="top",
        linespacing=1.4,
    )
    return figure


def _bands(axes: Axes, title: str, unit: str, names: tuple[str, ...] = BANDS) -> None:
    axes.set_xticks(range(len(names)), names, rotation=60, size=6.5)
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.set_ylim(0, None)
    axes.set_ylabel(unit)
    axes.set_title(title)
    clean(axes, "y")


def _per_person(axes: Axes, beds: Verdict | None, people: Verdict | None, old: Verdict | None, *, young: bool) -> None:
    """Days per person-year that published beds and people amount to."""
    if beds is None or people is None or old is None:
        return
    everybody, older = edges(people)[1], edges(old)[1]
    first, last, number_of = (-0.5, OLD - 0.5, everybody - older) if young else (OLD - 0.5, len(BANDS) - 0.5, older)
    across(axes, beds, first, last, 365 / number_of)


def _deaths(axes: Axes, view: Band) -> None:
    names = BANDS[OLD:]
    for x, (low, value, high) in enumerate(published_deaths()):
        axes.fill_between([x - 0.4, x + 0.4], low, high, color=RANGE, lw=0, zorder=1)
        axes.plot([x - 0.4, x + 0.4], [value, value], color=EDGE, lw=1.6, solid_capstyle="butt", zorder=3)
    dots(axes, np.arange(len(names)), view, BLUE)
    _bands(axes, "Deaths (log scale)", "per 1,000 person-years", names)
    axes.set_ylim(5, 400)
    axes.set_yscale("log")
    axes.set_yticks([5, 10, 20, 50, 100, 200, 400], ["5", "10", "20", "50", "100", "200", "400"])
    axes.minorticks_off()


def tell_by_age(found: Validation) -> str:
    """Rates of the old, and deaths."""
    get, use = found.verdict, found.views["use_by_age"].mean
    return (
        f"Emergency visits per person-year at 65 and over {said(get('emergency_visits_65'))}, at 80 and over "
        f"{said(get('emergency_visits_80'))}; hospital spells per 1,000 at 65 and over {said(get('spells_65'))}; "
        f"doctor visits in primary care of everybody {said(get('doctor_visits'))}. From 65-69 to 90 and over, "
        f"hospital days per person-year grow from {number(float(use[2, OLD]))} to {number(float(use[2, -1]))}. "
        "Deaths stand beside the age table (P10) band by band; deaths from 65 per death that it lets expect: "
        f"{said(get('check_deaths_65'))}."
    )


# --- ready for discharge and overcrowding ------------------------------------------------------------------------


def over_the_year(found: Validation) -> Figure:
    """Patients ready for discharge, overcrowding and occupancy."""
    sources = ("U42 (ready)", "U38 (overcrowding)", "U37 (occupancy)")
    figure = paper(found, "validation-ready-and-crowding", 4.6, sources, legend(), 3)
    top, middle, bottom = figure.subplots(3, 1, sharex=True)
    ready, crowding = found.views["ready_daily"], found.views["crowding"]
    days = ready.mean.shape[0]
    x = (np.arange(days) + 1) * (12 / 365)
    line(top, x, ready, BLUE)
    across(top, found.verdict("ready_beds"), 0, x[-1])
    fit(top, ready, published=14)
    top.set_ylabel("patients at midnight")
    top.set_title("Ready for discharge, mean of a week")
    months = np.arange(crowding.mean.shape[1]) + 0.5
    rows = (
        (middle, 0, 1.0, "overcrowding", "per 100 staffed beds", "Overcrowding, month by month"),
        (bottom, 1, 100.0, "occupancy", "% of staffed beds", "Occupied beds, extra beds included, month by month"),
    )
    for axes, row, factor, id_, unit, title in rows:
        band = times(part(crowding, row), factor)
        axes.plot(months, band.mean, color=BLUE, lw=1.0, zorder=4)
        dots(axes, months, band, BLUE)
        across(axes, found.verdict(id_), 0, x[-1], factor)
        fit(axes, band, published=11)
        axes.set_ylabel(unit)
        axes.set_title(title)
    bottom.set_ylim(50, None)
    for axes in (top, middle, bottom):
        clean(axes, "y")
    bottom.set_xlim(0, max(x[-1], 1))
    _month_axis(bottom, found, len(months))
    return figure


def _month_axis(axes: Axes, found: Validation, months: int) -> None:
    """Names of months where the baseline year begins with January, as second 0 does; else their numbers."""
    calendar = Period.of(found.scenario).starts % YEAR == 0
    axes.set_xticks(np.arange(months) + 0.5, MONTHS[:months] if calendar else [str(m + 1) for m in range(months)])
    axes.set_xlabel("Month of the baseline year")


def tell_over_the_year(found: Validation) -> str:
    """Mean, and how it moves."""
    ready, crowding, get = found.views["ready_daily"].mean, found.views["crowding"].mean, found.verdict
    return (
        f"At midnight {said(get('ready_beds'))} patients are ready for discharge on average; the mean of a week "
        f"moves from {number(float(np.nanmin(ready)), 1)} to {number(float(np.nanmax(ready)), 1)}. Overcrowding is "
        f"{said(get('overcrowding'))} per 100 staffed beds over the year, from "
        f"{number(float(np.nanmin(crowding[0])), 1)} in the least to {number(float(np.nanmax(crowding[0])), 1)} in "
        "the most crowded month. Occupied per staffed bed, extra beds in the numerator: "
        f"{said(get('occupancy'), share=True)}."
    )


EMERGENCY = Drawing("validation-emergency-time", ("emergency_minutes", "doctor_minutes"), emergency, tell_emergency)
STAYS = Drawing("validation-stays", ("stays", "stay_figures"), stays, tell_stays)
READMISSION = Drawing(
    "validation-readmission", ("returns", "returned", "returned_by_week"), readmission, tell_readmission
)
BY_AGE = Drawing("validation-use-by-age", ("use_by_age", "deaths_by_age"), by_age, tell_by_age)
OVER_THE_YEAR = Drawing("validation-ready-and-crowding", ("ready_daily", "crowding"), over_the_year, tell_over_the_year)
