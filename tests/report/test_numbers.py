from __future__ import annotations

import pytest

from sim.report.numbers import between, decimals, number, per_cent, plain, scale

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (12_345.6, "12,346"),
        (-12_345.6, "−12,346"),
        (99.96, "100"),
        (99.94, "99.9"),
        (9.996, "10.0"),
        (9.994, "9.99"),
        (0.0461, "0.05"),
        (-0.001, "0.00"),
        (NAN, "–"),
        (float("inf"), "–"),
    ],
)
def test_a_number_has_about_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_a_sign_is_written_where_asked_but_never_before_zero() -> None:
    assert number(3, sign=True) == "+3.00"
    assert number(-3, sign=True) == "−3.00"
    assert number(-0.0, sign=True) == "0"
    assert number(-0.3, 0, sign=True) == "0"


def test_both_ends_of_an_interval_are_rounded_alike() -> None:
    assert between(-1_234.5, 0.25) == "−1,234 to 0"
    assert between(-0.5, 12) == "−0.5 to 12.0"
    assert between(NAN, 1) == "–"


def test_decimals_follow_the_largest() -> None:
    assert decimals(1_000, 1) == 0
    assert decimals(10, 1) == 1
    assert decimals(1) == 2
    assert decimals(NAN) == 0


def test_shares() -> None:
    assert plain(per_cent(0.0362)) == "3.6 %"
    assert plain(per_cent(-0.12, sign=True)) == "-12 %"
    assert per_cent(NAN) == "–"
    assert scale("share")[0] == 100
    assert scale("SEK")[0] == 1e-6
    assert scale("days") == (1.0, "days")
