"""Stories of people, for clinicians to judge: stories."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.commands import (
    ENGINE,
    Refused,
    argument,
    command,
    known_governances,
    natural,
    positive,
    seed_number,
    writable,
)
from sim.cli.results import experiment_folder

if TYPE_CHECKING:
    from sim.experiment.telling import Arms

GROUPS = ("simple", "complicated", "chronic", "multi_ill")
"""As in ``sim.vocabulary.Group``."""


@command(
    argument("scenario", metavar="SCENARIO", help="a scenario file, shipped:NAME, or the folder of a result"),
    argument("--number", metavar="N", type=positive, default=10, help="how many people (default: 10)"),
    argument("--seed", metavar="S", type=seed_number, help="seed of the simulation (default: 1)"),
    argument("--replication", metavar="N", type=natural, default=0, help="which replication (default: 0)"),
    argument(
        "--governance",
        metavar="NAME",
        nargs="+",
        help="under which governance; with several, the same people under each (default: current)",
    ),
    argument("--group", choices=GROUPS, nargs="+", default=GROUPS, help="only people of these LHC groups"),
    argument("--who", choices=("all", "older"), default="all", help="everybody, or people aged 65 and over"),
    argument("--plain", action="store_true", help="the same chance for everybody, not as many of each kind of people"),
    argument("--draw", metavar="S", type=seed_number, default=1, help="seed of the draw of people (default: 1)"),
    argument("--language", choices=("en", "sv"), default="en", help="English or Swedish (default: en)"),
    ENGINE,
    argument("--out", metavar="DIR", type=Path, help="folder of the page (default: results/NAME/stories)"),
)
def stories(given: argparse.Namespace) -> int:
    """Tell the stories of people drawn at random, for clinicians to say whether they are believable."""
    from sim.eventlog.lots import NobodyToTell
    from sim.experiment.telling import Choice, common, tell
    from sim.report.language import spoken, words
    from sim.report.stories import Told, write
    from sim.report.story_words import Language
    from sim.vocabulary import Group

    if given.governance and len(set(given.governance)) < len(given.governance):
        raise Refused(f"--governance {' '.join(given.governance)}: each name once")
    groups = [Group[name.upper()] for name in given.group]
    arms = _arms(given)
    choice = Choice(given.number, given.draw, given.who == "older", groups, not given.plain)
    try:
        lot, found = tell(arms, choice)
    except NobodyToTell as error:
        raise Refused(f"{given.scenario}: {error}") from error
    with spoken(given.language):
        title = words.told(arms.scenario.title)
    told = Told(title, arms.seed, arms.number, lot, choice.older, found, common(arms), _again(given, arms))
    out = given.out or Path("results") / arms.scenario.name / "stories"
    with writable(out) as folder:
        write(told, folder, Language(given.language))
    print(f"{out / 'stories.html'}: {len(found)} stories, {', '.join(arms.governances)}")
    return 0


def _arms(given: argparse.Namespace) -> Arms:
    """The rows, of a scenario run now or of a result."""
    from sim.experiment.telling import simulated
    from sim.report.progress import Work
    from sim.scenario import load

    if Path(given.scenario).is_dir():
        return _archived(given, experiment_folder(Path(given.scenario)))
    scenario = load(given.scenario)
    names = given.governance or ["current"]
    known_governances(scenario, names)
    seed = 1 if given.seed is None else given.seed
    with Work(f"{scenario.name}: {', '.join(names)}", 1) as work:
        return simulated(scenario, names, seed, given.replication, given.engine, lambda share: work.tell(0, share))


def _archived(given: argparse.Namespace, folder: Path) -> Arms:
    from sim.experiment.rerun import Differs
    from sim.experiment.rows import OtherRecords
    from sim.experiment.telling import archived
    from sim.report.progress import Work
    from sim.runs.identity import NoExperiment, read_identity

    if given.seed is not None:
        raise Refused(f"--seed: {folder} has a seed of its own; --draw S draws other people")
    try:
        has = read_identity(folder).identity.governances
        names = given.governance or list(has[:1])
        for name in names:
            if name not in has:
                raise Refused(f"{folder}: governance: {name!r} given, one of {', '.join(has)} needed")
        with Work(f"{folder}: replication {given.replication}", 1) as work:
            return archived(folder, names, given.replication, lambda share: work.tell(0, share))
    except (Differs, NoExperiment, OtherRecords) as error:
        raise Refused(str(error)) from error


def _again(given: argparse.Namespace, arms: Arms) -> str:
    """The command that makes the same page."""
    words = ["narvard", "stories", str(given.scenario), "--number", str(given.number)]
    if not Path(given.scenario).is_dir():
        words += ["--seed", str(arms.seed)]
    words += ["--replication", str(arms.number), "--governance", *arms.governances]
    if tuple(given.group) != GROUPS:
        words += ["--group", *given.group]
    words += ["--who", given.who, *(["--plain"] if given.plain else []), "--draw", str(given.draw)]
    return shlex.join([*words, "--language", given.language])
