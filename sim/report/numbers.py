"""Numbers as people read them: few digits, thousands apart, an interval in one rounding."""

from __future__ import annotations

import math

from sim.report.language import words
from sim.texts import for_terminal

MINUS = "−"
"""The minus sign of figures and pages; plain text has a hyphen."""
SPACE = "\N{NO-BREAK SPACE}"
PLAIN = str.maketrans({MINUS: "-", SPACE: " ", "\N{NARROW NO-BREAK SPACE}": " "})
MOST_DECIMALS = 2


def scale(unit: str) -> tuple[float, str]:
    """Factor and name under which a unit is shown: shares as per cent, money in millions."""
    if unit == "share":
        return 100.0, words.PER_CENT
    if unit == "SEK":
        return 1e-6, words.MILLION_SEK
    return 1.0, words.UNITS.get(unit, unit)


def decimals(*values: float) -> int:
    """Decimals that leave about three digits of the largest of the values."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if largest >= 99.95 or largest == 0:
        return 0
    return min(MOST_DECIMALS, 2 - math.floor(math.log10(largest))) if largest < 9.995 else 1


def number(value: float, places: int | None = None, *, sign: bool = False) -> str:
    """One number, with thousands apart; a dash where there is none.

    Parameters
    ----------
    value
        May be nan.
    places
        Decimals; by default about three digits are shown.
    sign
        Also write a plus.
    """
    if not math.isfinite(value):
        return words.NONE
    places = decimals(value) if places is None else places
    rounded = round(value, places) + 0.0  # + 0.0: no negative zero
    whole, _, rest = f"{abs(rounded):,.{places}f}".partition(".")
    text = whole.replace(",", words.THOUSANDS) + (words.DECIMAL + rest if rest else "")
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if sign and rounded > 0 else text


def between(low: float, high: float, places: int | None = None, *, sign: bool = False) -> str:
    """An interval; a dash where there is none."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return words.NONE
    places = decimals(low, high) if places is None else places
    return f"{number(low, places, sign=sign)} {words.TO} {number(high, places, sign=sign)}"


def per_cent(share: float, *, sign: bool = False) -> str:
    """A share as per cent, with one decimal below 10 %."""
    if not math.isfinite(share):
        return words.NONE
    value = 100 * share
    return number(value, 0 if abs(value) >= 9.95 else 1, sign=sign) + SPACE + words.PER_CENT


def plain(text: str) -> str:
    """The same text for a terminal of any encoding's digits: hyphen for minus, ordinary spaces."""
    return for_terminal(text.translate(PLAIN))
