"""Hours and seasons (tider): rules about the clock.

Second 0 is midnight before Monday 1 January; a year has 365 days; so the weekday drifts by one a year.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.vocabulary import DAY, HOUR, YEAR

if TYPE_CHECKING:
    from sim.model.typed import World

OFFICE_OPENS = 8 * HOUR
OFFICE_CLOSES = 17 * HOUR
MOVES_FROM = 9
MOVES_TO = 18
"""Nobody is moved or sent home outside these hours."""
SATURDAY = 5


def weekday(time: int) -> int:
    """Day of the week, 0 = Monday."""
    return time // DAY % 7


def office_hours(time: int) -> int:
    """1 on weekdays between 08 and 17 (kontorstid)."""
    second = time % DAY
    return 1 if weekday(time) < SATURDAY and OFFICE_OPENS <= second < OFFICE_CLOSES else 0


def wait_for_office(time: int) -> int:
    """Seconds until the next office hours begin; 0 within them."""
    if office_hours(time):
        return 0
    day = time // DAY
    if time % DAY >= OFFICE_OPENS or day % 7 >= SATURDAY:
        day += 1
    while day % 7 >= SATURDAY:
        day += 1
    return day * DAY + OFFICE_OPENS - time


def wait_for_hour(time: int, hour: int) -> int:
    """Seconds until the clock next shows this hour, 0 if it does now."""
    wait = hour * HOUR - time % DAY
    return wait if wait >= 0 else wait + DAY


def wait_for_daytime(time: int) -> int:
    """Seconds until people are moved and sent home again; 0 in the daytime."""
    hour = time % DAY // HOUR
    return wait_for_hour(time, MOVES_FROM) if hour < MOVES_FROM or hour >= MOVES_TO else 0


def rest_of_daytime(time: int) -> int:
    """Seconds in which people are still moved today; 0 after that."""
    return max(0, MOVES_TO * HOUR - time % DAY)


def rest_of_office_day(time: int) -> int:
    """Seconds until 17 today; 0 after that."""
    return max(0, OFFICE_CLOSES - time % DAY)


def month_number(time: int) -> int:
    """Running number of the calendar month (twelfths of a year)."""
    return time * 12 // YEAR


def season(w: World, time: int) -> float:
    """Factor on the rate of acute needs: a winter peak in mid-January (vintertopp)."""
    return 1.0 + w.needs.winter_peak * math.cos(2.0 * math.pi * (time % YEAR - 15 * DAY) / YEAR)
