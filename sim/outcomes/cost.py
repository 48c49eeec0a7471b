"""Cost (kostnad): what is paid for, by whom, at the prices of the scenario; and how concentrated use is.

Prices are per day, visit, call or hour, in SEK, as stated in the scenario under ``prices``. Digital visits
are priced as a phone call; reviews, rehabilitation and rounds as visits to the nurse or doctor who makes them; teams
that exist through a lever by their staffed hours, in the total and by month only (assumptions).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.model.services import HOUR_PRICES
from sim.outcomes.names import OUTCOMES
from sim.vocabulary import Service

Floats = npt.NDArray[np.float64]

FREE_READY_DAYS = 3.0
"""Mean ready days a month from which the municipality pays (betalningsansvar)."""


@dataclass(frozen=True)
class Priced:
    """A total that costs money: its outcome name, the key of its price, and whether the municipality pays."""

    outcome: str
    price: str
    municipal: bool = False


PRICED = (
    Priced("hospital_days", "hospital_day_sek"),
    Priced("emergency_visits", "emergency_visit_sek"),
    Priced("ambulances", "ambulance_sek"),
    Priced("gp_visits", "gp_visit_sek"),
    Priced("reviews_doctor", "gp_visit_sek"),
    Priced("rounds", "gp_visit_sek"),
    Priced("nurse_visits", "nurse_visit_sek"),
    Priced("reviews_nurse", "nurse_visit_sek"),
    Priced("rehabilitations", "nurse_visit_sek"),
    Priced("phone_1177_calls", "phone_call_sek"),
    Priced("phone_centre_calls", "phone_call_sek"),
    Priced("digital_visits", "phone_call_sek"),
    Priced("gp_home_visits", "gp_home_visit_sek"),
    Priced("specialist_visits", "specialist_visit_sek"),
    Priced("day_treatments", "day_treatment_sek"),
    Priced("home_nurse_visits", "home_nurse_visit_sek", municipal=True),
    Priced("short_term_days", "short_term_day_sek", municipal=True),
    Priced("home_help_hours", "home_help_hour_sek", municipal=True),
    Priced("special_housing_days", "special_housing_day_sek", municipal=True),
    Priced("homecoming_days", "homecoming_day_sek", municipal=True),
)

READY_DAY = "ready_day_sek"
PRICE_KEYS = tuple(dict.fromkeys([item.price for item in PRICED] + [READY_DAY, *HOUR_PRICES.values()]))
"""Prices that measuring needs."""


def prices_per_unit(prices: Mapping[str, float]) -> dict[str, float]:
    """Price of a second or a count of each priced total, by outcome name.

    Raises
    ------
    ValueError
        If prices are missing; all of them are named.
    """
    missing = [key for key in PRICE_KEYS if key not in prices]
    if missing:
        raise ValueError(f"prices: {', '.join(missing)} missing")
    return {item.outcome: float(prices[item.price]) / OUTCOMES[item.outcome].divisor for item in PRICED}


def costs(values: Mapping[str, Floats], prices: Mapping[str, float]) -> tuple[Floats, Floats]:
    """Cost to region and municipalities in SEK, from totals in their units; of any shape."""
    region: Floats = np.zeros_like(values[PRICED[0].outcome])
    municipal: Floats = np.zeros_like(region)
    for item in PRICED:
        payer = municipal if item.municipal else region
        payer += values[item.outcome] * float(prices[item.price])
    return region, municipal


def staff_cost(hours: Mapping[Service, Floats], prices: Mapping[str, float]) -> Floats:
    """Cost of the teams in SEK, from their staffed hours, of any shape; nan where hours are not known."""
    parts = [hours[service] * float(prices[key]) for service, key in HOUR_PRICES.items()]
    return np.asarray(np.sum(parts, axis=0))


def payment_days(days: npt.NDArray[np.int64], episodes: npt.NDArray[np.int64]) -> Floats:
    """Ready days that the municipality pays for; days and episodes by municipality and month, any shape.

    The days by which the mean of the month exceeds three, over all episodes of at least one day.
    """
    return np.maximum(days - FREE_READY_DAYS * episodes, 0.0)


def top_share(amount: npt.NDArray[np.float64], share: float, people: int) -> float:
    """Part of the whole amount that the largest users have; ``share`` of ``people``, chosen afterwards.

    A fraction of a person counts with that fraction; nan if there is no amount.
    """
    total = float(amount.sum())
    if total <= 0.0 or people == 0:
        return float("nan")
    ordered = np.sort(amount)[::-1]
    wanted = share * people
    whole = min(int(wanted), len(ordered))
    top = float(ordered[:whole].sum())
    if whole < len(ordered):
        top += (wanted - whole) * float(ordered[whole])
    return top / total
