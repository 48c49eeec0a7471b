"""Which source a kept run depends on: what its job reaches by imports, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sim
from sim.calibration.calibrating import RUN as CALIBRATED
from sim.evaluation.archive import REPEATS
from sim.evaluation.pilot_folder import REACH
from sim.evaluation.pilot_folder import RUN as PILOTED
from sim.experiment.archive import REPLICATION
from sim.planning.archive import PART as PLANNED
from sim.runs.closure import closure, digest_of
from sim.sweeps.sweep_archive import PART as SWEPT

JOBS = {
    "replications": REPLICATION.job,
    "sweep": SWEPT.job,
    "plan": PLANNED.job,
    "calibration": CALIBRATED.job,
    "evaluation": REPEATS.job,
    "pilots": PILOTED.job,
    "reach": REACH.job,
}
"""What keeps runs, and the module that makes them."""
ALL = set(JOBS)
STALE = {
    "flows/life.py": ALL,
    "model/world.py": ALL,
    "model/staffing.py": ALL,
    "scenario/scenario.py": ALL,
    "tables/table.py": ALL,
    "population/build.py": ALL,
    "engine/kernel.py": ALL,
    "outcomes/spells.py": ALL,
    "replication/start.py": ALL,
    "replication/patterns.py": ALL,
    "replication/assigned.py": {"evaluation", "pilots", "reach"},
    "sweeps/sweep_plan.py": {"sweep", "plan"},
    "statistics/design.py": {"sweep", "plan", "calibration"},
    "planning/staffing.py": {"plan"},
    "planning/running.py": {"plan"},
    "calibration/space.py": {"calibration"},
    "validation/measures.py": {"calibration"},
    "evaluation/selection.py": {"evaluation", "pilots", "reach"},
    "evaluation/reach.py": {"reach"},
    "report/words.py": set(),
    "report/page.py": set(),
    "cli/plan.py": set(),
    "planning/findings.py": set(),
    "evaluation/judging.py": set(),
}
"""A file of each room, and the kinds of kept runs that a change of it makes stale."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source, to change."""
    root = tmp_path_factory.mktemp("source") / "sim"
    shutil.copytree(Path(sim.__file__).parent, root, ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture(scope="module")
def before(copy: Path) -> dict[str, str]:
    return {kind: digest_of(closure(job, copy), copy) for kind, job in JOBS.items()}


@pytest.mark.parametrize("name", STALE)
def test_a_changed_line_makes_exactly_those_runs_stale_that_depend_on_it(
    name: str, copy: Path, before: dict[str, str]
) -> None:
    path = copy / name
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "# another line\n", encoding="utf-8")
    try:
        after = {kind: digest_of(closure(job, copy), copy) for kind, job in JOBS.items()}
    finally:
        path.write_text(text, encoding="utf-8")
    assert {kind for kind in JOBS if after[kind] != before[kind]} == STALE[name]


def test_no_run_depends_on_reports_or_commands() -> None:
    for job in JOBS.values():
        assert not [module for module in closure(job) if module.split(".")[1] in ("report", "cli")]


def test_what_only_a_type_checker_sees_and_what_a_room_passes_on_do_not_count(tmp_path: Path) -> None:
    root = tmp_path / "sim"
    (root / "room").mkdir(parents=True)
    files = {
        "__init__.py": "from sim.room.beside import other\n",
        "room/__init__.py": "from sim.room.beside import other\nfrom sim.room.real import wanted as passed\n",
        "room/real.py": "wanted = 1\n",
        "room/beside.py": "other = 2\n",
        "room/typed.py": "",
        "room/lazy.py": "",
        "job.py": "from typing import TYPE_CHECKING\nfrom sim.room import passed\nif TYPE_CHECKING:\n"
        "    from sim.room.typed import x\ndef work():\n    from sim.room import lazy\n    return lazy, passed\n",
    }
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    assert closure("sim.job", root) == {"sim.job", "sim.room.real", "sim.room.lazy"}


def test_a_module_that_is_not_there_is_told() -> None:
    with pytest.raises(LookupError, match=r"no module sim\.nowhere"):
        closure("sim.nowhere")
