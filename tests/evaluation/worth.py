"""What each design is worth on made people: the table of docs/evaluation.md (python -m tests.evaluation.worth 400 70)."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from sim.evaluation.designs import DESIGNS
from sim.evaluation.evaluating import Evaluation, Interval, evaluate_in
from sim.evaluation.study import Study
from sim.evaluation.synthetic import Synthetic

WORLD = Synthetic(people=3000, rate=0.5, effect=-0.2)
HERE = ("Place 1", "Place 2", "Place 3")
"""Where the intervention takes place, for designs that compare with other places."""


def worth(repeats: int, n: int, designs: Sequence[str] = tuple(DESIGNS)) -> Evaluation:
    """Designs on the same made regions; people chosen after two admissions."""
    studies = [
        Study(
            name,
            "admissions>=2",
            n=n,
            municipalities=HERE if DESIGNS[name].elsewhere else None,
            outcomes=("admissions",),
        )
        for name in designs
    ]
    return evaluate_in(WORLD, studies, repeats)


def shown(found: Interval, scale: float = 100.0, places: int = 0) -> str:
    """A figure and its interval."""
    value, low, high = (f"{scale * x:.{places}f}" for x in (found.value, found.low, found.high))
    return f"{value} ({low} to {high})"


def main() -> None:
    """Print the table."""
    repeats, n, designs = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    print(
        "| design | estimate | bias, points | in the null world | coverage, % | type I, % | power, % | exaggeration |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for one in worth(repeats, n, designs or tuple(DESIGNS)).performance:
        cells = (
            f"{100 * one.estimate.value:.0f} %",
            shown(one.bias),
            f"{100 * one.null.value:.0f} %",
            shown(one.coverage),
            shown(one.type_one),
            shown(one.power),
            shown(one.exaggeration, 1.0, 1),
        )
        print(f"| `{one.design}` | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
