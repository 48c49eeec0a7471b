"""What may be concluded, in plain words."""

from __future__ import annotations

from sim.report.language import words
from sim.report.numbers import MINUS, between, decimals, number, per_cent, scale
from sim.report.result import Estimate, Result

FEW = 10
"""Fewer replications than this are few."""


def sentences(result: Result) -> list[str]:
    """The answer, in the order in which it should be read."""
    if not result.compared:
        return [_single(result)]
    return [part for part in (_days(result), *_rest(result), _conditional(result)) if part]


def _conditional(result: Result) -> str:
    """What all of it is conditional on."""
    sets = len(result.about.get("scenario", {}).get("reserved", {}).get("ensemble", {}).get("sets", ()))
    return words.ENSEMBLE.format(sets=sets) if sets else words.CONDITIONAL


def _names(result: Result) -> dict[str, str]:
    return {
        "first": words.governance(result.first).lower(),
        "last": words.governance(result.last).lower(),
        "replications": words.replications(result.replications),
        "window": words.window(result.days),
    }


def _single(result: Result) -> str:
    return words.SINGLE.format(
        level=number(result.level(result.first, "hospital_days").value, 0),
        labelled=number(result.level(result.first, "labelled_days").value, 0),
        share=per_cent(result.level(result.first, "labelled_share").value),
        preventable=number(result.level(result.first, "preventable_days").value, 0),
        **_names(result),
    )


def _days(result: Result) -> str:
    """Whether hospital days differ by more than chance."""
    change = result.change("hospital_days")
    if not change.bounded:
        return words.ONE_REPLICATION.format(**_names(result))
    if change.low == change.high == 0:
        return words.NO_CHANGE.format(**_names(result))
    if not change.clear:
        return words.NOT_FOUND.format(interval=_interval(change, sign=True), **_names(result))
    size = change if change.value > 0 else change.times(-1)
    return words.FOUND.format(
        number=number(size.value, _places(size)),
        direction=words.MORE if change.value > 0 else words.FEWER,
        interval=_interval(size),
        relative=per_cent(abs(result.relative("hospital_days").value)),
        level=number(result.level(result.first, "hospital_days").value, 0),
        **_names(result),
    )


def _rest(result: Result) -> list[str]:
    """The three quantities, deaths, cost, and how sure the intervals are."""
    told = [_apart(result)]
    if result.replications > 1:
        told += [_deaths(result), *(_cost(result, name) for name in words.PAYERS)]
        if result.replications < FEW:
            told.append(words.FEW_REPLICATIONS.format(**_names(result)))
    return told


def _apart(result: Result) -> str:
    change = result.change("hospital_days")
    avoided = words.AVOIDED_UNCLEAR
    if change.clear:
        avoided = words.AVOIDED_NEGATIVE
        if change.value < 0:
            avoided = words.AVOIDED.format(number=number(-change.value, _places(change)))
    return words.APART.format(
        labelled=number(result.level(result.first, "labelled_days").value, 0),
        preventable=number(result.level(result.first, "preventable_days").value, 0),
        avoided=avoided,
        **_names(result),
    )


def _deaths(result: Result) -> str:
    change = result.change("deaths")
    if not change.bounded:
        return ""
    if not change.clear:
        return words.DEATHS_UNCLEAR.format(interval=_interval(change, sign=True))
    return words.DEATHS_CLEAR.format(
        number=_size(change), direction=_direction(change, "deaths"), interval=_interval(change, sign=True)
    )


def _cost(result: Result, outcome: str) -> str:
    change = result.change(outcome).times(scale("SEK")[0])
    if not change.bounded:
        return ""
    told = {"payer": words.PAYERS[outcome], "interval": _interval(change, sign=True)}
    if not change.clear:
        return words.COST_UNCLEAR.format(**told)
    return words.COST_CLEAR.format(number=_size(change), direction=_direction(change, "cost"), **told)


def _places(estimate: Estimate) -> int:
    return decimals(estimate.value, estimate.low, estimate.high)


def _interval(estimate: Estimate, *, sign: bool = False) -> str:
    return between(estimate.low, estimate.high, _places(estimate), sign=sign)


def _size(estimate: Estimate) -> str:
    return number(estimate.value, _places(estimate)).lstrip(MINUS)


def _direction(estimate: Estimate, of: str) -> str:
    return words.DIRECTIONS[of][estimate.value > 0]
