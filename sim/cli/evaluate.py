"""The command that tries study designs where the truth is known: evaluate."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.commands import (
    CLUSTER,
    ENGINE,
    OUT,
    REPLACE,
    SCENARIO,
    SEED,
    WORKERS,
    Refused,
    argument,
    command,
    known_governances,
    positive,
    resumable,
    show_table,
    workers_asked_for,
    writable,
)
from sim.texts import say

if TYPE_CHECKING:
    from sim.evaluation.archive import EvaluationIdentity, Repeats
    from sim.evaluation.region import Simulated
    from sim.runs.store import RunStore

USUAL_DESIGNS = ["before_after", "matched_eligible", "did", "randomised", "twin"]
USUAL_OUTCOMES = ["admissions", "emergency_visits", "hospital_days"]


def share(text: str) -> float:
    """A share from 0 to less than 1, for ``argparse``."""
    value = float(text)
    if not 0.0 <= value < 1.0:
        raise argparse.ArgumentTypeError(f"{text} given, a share from 0 to less than 1 needed")
    return value


@command(
    SCENARIO,
    argument(
        "--design",
        nargs="+",
        metavar="NAME",
        default=USUAL_DESIGNS,
        help="before_after, concurrent, matched_waiting, matched_eligible, matched_other, did, its, randomised, "
        "cluster, stepped_wedge, twin; several share the simulated region "
        f"(default: {' '.join(USUAL_DESIGNS)})",
    ),
    argument(
        "--select",
        metavar="RULE",
        default="admissions>=2",
        help="admissions>=1, >=2, >=3, emergency>=4, frequent_month, risk_top_2, risk_top_5, clinician, home_nursing, "
        "discharge (default: admissions>=2)",
    ),
    argument("--n", metavar="N", type=positive, help="people on the list (default: everybody whom the rule takes)"),
    argument("--repeats", metavar="R", type=positive, default=20, help="how many regions (default: 20)"),
    SEED,
    argument("--governance", metavar="NAME", default="coordinated", help="the intervention (default: coordinated)"),
    argument(
        "--municipalities",
        metavar="NAME",
        nargs="+",
        help="where the intervention takes place (default: everywhere); others are compared with",
    ),
    argument("--age", metavar="YEARS", type=int, help="lowest age (default: 65; 16 for rules of emergency visits)"),
    argument("--months", type=int, choices=(6, 12), default=12, help="follow-up (default: 12)"),
    argument(
        "--index",
        choices=("inside", "outside"),
        default="inside",
        help="the index stay counts as use before, or the time before ends where it begins (default: inside)",
    ),
    argument(
        "--deaths",
        choices=("survivors", "raw", "person_time"),
        default="person_time",
        help="only those who live and stay to the end; counts per person; per year alive (default: person_time)",
    ),
    argument(
        "--drop-out", metavar="SHARE", type=share, default=0.0, help="share that leaves within a year (default: 0)"
    ),
    argument(
        "--outcome",
        nargs="+",
        metavar="NAME",
        default=USUAL_OUTCOMES,
        help="admissions, emergency_visits, hospital_days, doctor_visits, deaths "
        f"(default: {' '.join(USUAL_OUTCOMES)})",
    ),
    argument(
        "--own-target",
        action="store_true",
        help="the team enrols by its own target group, of those with the intervention; not everybody on the list",
    ),
    *(WORKERS, CLUSTER, ENGINE, OUT, REPLACE),
)
def evaluate(given: argparse.Namespace) -> int:
    """Try study designs on simulated people, where the truth is known: bias, coverage, power."""
    from sim.evaluation.archive import EvaluationIdentity, open_evaluation
    from sim.evaluation.region import Simulated
    from sim.evaluation.study import studies_of
    from sim.runs.identity import SHORT
    from sim.runs.packing import Damaged
    from sim.runs.result_folder import OtherExperiment
    from sim.scenario import load

    scenario = load(given.scenario)
    known_governances(scenario, (given.governance,))
    try:
        studies = studies_of(
            given.design,
            select=given.select,
            n=given.n,
            months=given.months,
            index=given.index,
            deaths=given.deaths,
            drop_out=given.drop_out,
            outcomes=tuple(given.outcome),
            age=given.age,
            municipalities=tuple(given.municipalities) if given.municipalities else None,
        )
        world = Simulated(scenario, given.governance, given.seed, engine=given.engine, by_list=not given.own_target)
        world.check(studies)
    except ValueError as error:
        raise Refused(_told(error, given)) from error
    identity = EvaluationIdentity.of(studies, world)
    default = Path("results") / scenario.name / f"evaluation-{identity.digest[:SHORT]}"
    try:
        with (
            writable(given.out or default) as folder,
            open_evaluation(folder, identity, replace=given.replace) as store,
        ):

            def there() -> str:
                return f"{len(store.there())} of {given.repeats} repeats are kept in {folder}"

            return resumable(lambda: run(given, identity, world, store), there, folder)
    except (Damaged, OtherExperiment) as error:
        raise Refused(str(error)) from error


def _told(error: ValueError, given: argparse.Namespace) -> str:
    """An error that is about an option names it as users write it."""

    def option(found: re.Match[str]) -> str:
        return f"{found[1]}--{found[2].replace('_', '-')}" if found[2] in vars(given) else found[0]

    return re.sub(r"^((?:repeat \d+: )?)(\w+)(?=:)", option, str(error))


def run(
    given: argparse.Namespace, identity: EvaluationIdentity, world: Simulated, store: RunStore[int, Repeats]
) -> int:
    """Run what is missing, write and show."""
    from sim.evaluation.evaluating import evaluate_in, write_evaluation
    from sim.report import evaluations
    from sim.report.progress import Work
    from sim.runs.executors import Where

    studies, there = identity.studies, len(store.sound())
    if there:
        say(f"{store.folder}: {there} repeats are there already")
    workers = workers_asked_for(given, world.scenario, given.repeats)
    title = f"{world.scenario.name}: {', '.join(study.design for study in studies)}"
    with Work(
        f"{title}, {given.repeats} repeat{'s' if given.repeats > 1 else ''}", max(1, given.repeats - there)
    ) as work:
        where = Where(given.engine, workers, given.cluster)
        try:
            found = evaluate_in(world, studies, given.repeats, store, where, work.tell)
        except ValueError as error:
            raise Refused(f"{world.scenario.path.name}: {_told(error, given)}") from error
    files = [
        *write_evaluation(found, identity, store.folder),
        *evaluations.draw(found, world.scenario.title, store.folder),
    ]
    show_table(*evaluations.table(found))
    print("\n".join(evaluations.sentences(found)))
    print(f"{', '.join(str(path) for path in files)} written, in {work.seconds:.0f} s")
    return 0
