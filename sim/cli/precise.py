"""Arguments of replications to a precision (precision): --precision, --on, --least, --most."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from sim.cli.commands import Refused, argument, positive

if TYPE_CHECKING:
    from sim.statistics.precision import Target

BOUNDS = ("on", "least", "most")


def share(text: str) -> float:
    """A share above 0 and below 1, written 5% or 0.05, for ``argparse``."""
    needed = f"{text!r} given, a share above 0 and below 1 needed, as 5% or 0.05"
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise argparse.ArgumentTypeError(needed) from None
    if not 0.0 < number < 1.0:
        raise argparse.ArgumentTypeError(needed)
    return number


PRECISION = (
    argument(
        "--precision",
        metavar="P",
        type=share,
        help="instead of --replications: until half the 95 %% interval is at most P of the mean, as 5%% or 0.05; of a "
        "difference at most 50%%",
    ),
    argument(
        "--on", metavar="OUTCOME", nargs="+", help="outcomes held to the precision, each alone (default: hospital_days)"
    ),
    argument("--least", metavar="N", type=positive, help="replications at least, with --precision (default: 3)"),
    argument("--most", metavar="N", type=positive, help="replications at most, with --precision (default: 200)"),
)
"""Arguments of every command that can replicate to a precision."""


def target_of(given: argparse.Namespace, compared: bool = False) -> Target | None:
    """The precision asked for, of levels or, ``compared``, of differences; None if none was.

    Raises
    ------
    Refused
        If the arguments do not fit each other, an outcome is unknown, or the precision is too wide for differences.
    """
    if given.precision is None:
        for name in BOUNDS:
            if getattr(given, name) is not None:
                raise Refused(f"--{name}: given without --precision, which it belongs to")
        return None
    if given.replications is not None:
        raise Refused(
            f"--replications: {given.replications} given beside --precision, which finds the number itself; "
            "--least and --most bound it"
        )
    from sim.statistics.precision import Target

    bounds = {name: getattr(given, name) for name in ("least", "most") if getattr(given, name) is not None}
    try:
        target = Target(given.precision, tuple(given.on or Target.outcomes), **bounds)
        target.check(compared)
    except ValueError as error:
        raise Refused(f"--{error}") from None
    return target
