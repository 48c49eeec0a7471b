"""How precise a result is (precision): why there are so many replications, half-widths, and what pairing gives."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, NamedTuple

from sim.outcomes.names import OUTCOMES
from sim.report import html
from sim.report.language import words
from sim.report.numbers import decimals, number, per_cent, scale
from sim.report.result import Estimate, Result
from sim.report.words import Term

CAPPED = "cap"
"""Reason for stopping: the most allowed, which was no finding of the rule."""
USUAL = "hospital_days"
"""The outcome whose precision is told when none was asked for."""


class Width(NamedTuple):
    """How precise one outcome is.

    Attributes
    ----------
    label, unit
        What; the unit as shown.
    value, half
        Mean and half the width of its 95 % interval, in that unit.
    share
        Half the width over the size of the mean; nan if that is 0.
    reached
        Replications at which the precision asked for was met to stay; None if not, or if none was asked for.
    ratio
        Ratio of variances: about how many times as many replications independent runs would need; unknown for a
        run, and for few replications.
    """

    label: Term
    unit: str
    value: float
    half: float
    share: float
    reached: int | None
    ratio: Estimate


def widths(result: Result) -> list[Width]:
    """Of the outcomes asked for, or of hospital days."""
    asked: Mapping[str, Any] = (result.about.get("precision") or {}).get("outcomes", {})
    return [_width(result, name, asked.get(name, {}).get("reached")) for name in asked or (USUAL,)]


def _width(result: Result, outcome: str, reached: int | None) -> Width:
    estimate: Estimate = result.change(outcome) if result.compared else result.level(result.first, outcome)
    factor, unit = scale(OUTCOMES[outcome].unit)
    half = (estimate.high - estimate.low) / 2
    share = half / abs(estimate.value) if estimate.bounded and estimate.value else math.nan
    label = words.outcome(outcome)
    return Width(label, unit, factor * estimate.value, factor * half, share, reached, result.ratio(outcome))


def told(result: Result) -> list[str]:
    """Why there are so many replications, and what pairing gives, in sentences."""
    asked = result.about.get("precision")
    lines = [words.PRECISION_COUNT.format(replications=words.replications(result.replications))]
    if asked:
        lines = [_reason(result, asked)]
    found = widths(result)
    lines += [_sentence(result, width) for width in found]
    known = [width for width in found if width.ratio.bounded]
    if known:
        lines.append(words.PAIRING.format(ratios="; ".join(map(_pairing, known))))
    if asked:
        lines += [words.STOPPED_BY_RULE] if asked["reason"] != CAPPED else []  # a cap is a plan
        lines += [words.EACH_ALONE] if len(found) > 1 else []
    return lines


def _reason(result: Result, asked: Mapping[str, Any]) -> str:
    missed = [name for name, one in asked["outcomes"].items() if one["reached"] is None]
    never = [name for name in missed if asked["outcomes"][name]["mean"] is None]
    return words.PRECISION_REASONS[asked["reason"]].format(
        of=words.PRECISION_OF[asked["of"]],
        share=per_cent(asked["relative"]),
        outcomes=_listed(asked["outcomes"]),
        missed=_listed(missed),
        never=_listed(never),
        replications=words.replications(result.replications),
        ahead=asked["look_ahead"],
        most=asked["most"],
    )


def _listed(outcomes: Iterable[str]) -> str:
    return ", ".join(words.outcome(name).text.lower() for name in outcomes)


def _sentence(result: Result, width: Width) -> str:
    if not math.isfinite(width.half):
        return words.PRECISION_UNKNOWN.format(name=width.label.text)
    places = decimals(width.half)
    return words.PRECISION_HALF.format(
        name=width.label.text,
        of=words.PRECISION_OF["difference" if result.compared else "level"],
        value=number(width.value, places, sign=result.compared),
        half=number(width.half, places),
        unit=width.unit,
        share=words.PRECISION_SHARE.format(share=per_cent(width.share)) if math.isfinite(width.share) else "",
    )


def _pairing(width: Width) -> str:
    value, low, high = map(_roughly, (width.ratio.value, width.ratio.low, width.ratio.high))
    return words.PAIRING_RATIO.format(name=width.label.text.lower(), ratio=value, low=low, high=high)


def _ratio(ratio: Estimate) -> str:
    if not ratio.bounded:
        return words.NONE
    return f"{_roughly(ratio.value)} ({_roughly(ratio.low)} {words.TO} {_roughly(ratio.high)})"


def _roughly(value: float) -> str:
    """A number above 0 with two digits, and no more decimals than one."""
    rounded = float(f"{value:.2g}")
    return number(rounded, 0 if rounded >= 10 or rounded == round(rounded) else 1)


def section(result: Result) -> str:
    """The part of the page."""
    first, *others = told(result)
    rows = [
        f"<tr>{html.row_head(width.label)}{html.cell(width.unit, 'unit')}"
        + "".join(html.cell(text) for text in _cells(result, width))
        + "</tr>"
        for width in widths(result)
    ]
    heads = [*words.PRECISION_HEADS[: 5 if not result.about.get("precision") else 6]]
    if result.compared:
        heads.append(words.PAIRING_HEAD)
    lead = html.paragraph(first) + html.paragraph(" ".join(others))
    return lead + html.table(escape(words.HEADINGS["precision"]), heads, rows, words_in=(1,))


def _cells(result: Result, width: Width) -> list[str]:
    places = decimals(width.half) if math.isfinite(width.half) else decimals(width.value)
    cells = [
        number(width.value, places, sign=result.compared),
        number(width.half, places),
        per_cent(width.share) if math.isfinite(width.share) else words.NONE,
    ]
    if result.about.get("precision"):
        cells.append(words.NONE if width.reached is None else number(width.reached, 0))
    if result.compared:
        cells.append(_ratio(width.ratio))
    return cells
