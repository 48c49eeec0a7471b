"""An experiment run again from its folder (återskapande), and held against what the folder has, byte for byte.

Needed are ``experiment.json`` and the copies of the region's tables; the scenario's files and the finished
replications are not.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from sim.experiment.folder import write
from sim.experiment.running import Experiment, compare, run
from sim.files import RESULT_BYTES, read_bytes, read_json
from sim.runs.arithmetic import arithmetic
from sim.runs.identity import NoExperiment, Stored, read_identity
from sim.runs.progress import Progress
from sim.runs.result_folder import RESULT
from sim.statistics.pattern_means import FLOWS, OCCUPANCY
from sim.statistics.precision import Target

TABLES = ("outcomes.csv", "comparison.csv", "replications.csv", "sources.csv", "warmup.csv")
"""Tables with the same bytes for the same experiment."""
LATER = (FLOWS, OCCUPANCY)
"""As ``TABLES``; results of earlier versions do not have them, and are not held to them."""
WHOSE = frozenset(
    {"governance", "outcome", "group", "segment", "municipality", "period", "replication", "parameter", "point"}
)
"""Columns that say what a row is about."""
SHOWN = 5
"""Differences told of each file; of more, the number is told."""


@dataclass(frozen=True)
class Reproduction:
    """What came of running an experiment again.

    Attributes
    ----------
    folder
        Of the result.
    replications
        That were run again.
    compared
        What was held against the folder, in words.
    versions
        Versions that differ from then, in words.
    differences
        What differs, in words; empty if everything is equal.
    """

    folder: Path
    replications: int
    compared: tuple[str, ...]
    versions: tuple[str, ...]
    differences: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Whether everything compared is equal, to the byte."""
        return not self.differences


def reproduce_experiment(
    folder: Path | str,
    replications: int | None = None,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Reproduction:
    """Run an experiment again and compare.

    Parameters
    ----------
    folder
        Of a result: ``experiment.json``, ``region/``, ``result.json`` and its tables.
    replications
        How many; by default as the experiment was asked for. With fewer, their digests and rows are compared; with
        all, every table and ``result.json``, byte for byte.
    workers, cluster, progress
        As for ``sim.run``.

    Raises
    ------
    NoExperiment
        If the folder has no experiment that can be read, or no result to compare with.
    """
    folder = Path(folder)
    stored, about = read_identity(folder), _result(folder)
    asked = stored.asked if replications is None else {"replications": replications}
    with tempfile.TemporaryDirectory(prefix="narvard-") as name:
        again = Path(name)
        done = _again(stored, asked, {"archive": again, "workers": workers, "cluster": cluster, "progress": progress})
        write(done, again)
        whole = dict(asked) == dict(stored.asked)
        count = len(done.replications)
        found = tuple(_differences(folder, again, about, count, whole))
        compared = tuple(_compared(folder, again, about, count, whole))
    return Reproduction(folder, count, compared, (*stored.other_versions, *other_arithmetic(folder)), found)


def wanted(stored: Stored) -> int:
    """How many replications an experiment was asked for, or may need at most."""
    asked = stored.asked
    return int(asked["replications"] if "replications" in asked else asked["precision"]["most"])


def other_arithmetic(folder: Path) -> list[str]:
    """In words, if the machine of the result had other last digits than this one: equal records are not expected."""
    try:
        then = read_json(folder / "provenance.json").get("arithmetic")
    except (OSError, ValueError, AttributeError):
        return []  # nothing is known
    here = arithmetic()
    return [] if then in (None, here) else [f"arithmetic {then} then, {here} now: last digits of exp, log and the like"]


def _again(stored: Stored, asked: Mapping[str, Any], how: Mapping[str, Any]) -> Experiment:
    """The experiment, run again."""
    who, options = stored.identity, dict(how)
    if "precision" in asked:
        words = dict(asked["precision"])
        options["precision"] = Target(**words | {"outcomes": tuple(words["outcomes"])})
    else:
        options["replications"] = asked["replications"]
    if who.kind == "compare":
        return compare(who.scenario, who.governances, seed=who.seed, engine=who.engine, **options)
    return run(who.scenario, who.governances[0], seed=who.seed, engine=who.engine, **options)


def _result(folder: Path) -> dict[str, Any]:
    try:
        about = read_json(folder / RESULT)
        return {"digests": dict(about["digests"]), **about}
    except FileNotFoundError:
        raise NoExperiment(f"{folder}: no {RESULT} there to compare with") from None
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise NoExperiment(f"{folder / RESULT}: not as narvard writes it ({error})") from error


def _compared(folder: Path, again: Path, about: Mapping[str, Any], count: int, whole: bool) -> Iterator[str]:
    """What was held against the folder."""
    digests = {name: min(count, len(digests)) for name, digests in about["digests"].items()}
    for name, number in digests.items():
        yield f"{number} digest{'' if number == 1 else 's'} of the records of {name}"
    if not whole:
        yield "the rows of those replications in replications.csv"
        return
    yield from (name for name in (RESULT, *TABLES) if (again / name).exists() or (folder / name).exists())
    yield from (name for name in LATER if (folder / name).exists())


def _differences(folder: Path, again: Path, about: Mapping[str, Any], count: int, whole: bool) -> Iterator[str]:
    """What differs, in words."""
    new = read_json(again / RESULT)
    yield from _digests(about["digests"], new["digests"])
    if not whole:
        rows = len(new["digests"]) * min(count, *(len(digests) for digests in about["digests"].values()))
        yield from table_differences(folder, again, "replications.csv", rows)
        return
    if read_bytes(folder / RESULT, RESULT_BYTES) != read_bytes(again / RESULT, RESULT_BYTES):
        keys = [key for key in dict.fromkeys([*about, *new]) if about.get(key) != new.get(key) and key != "digests"]
        if keys or about["digests"] == new["digests"]:
            yield f"{RESULT}: {', '.join(keys) or 'how it is written'}"
    for name in (*TABLES, *(name for name in LATER if (folder / name).exists())):
        if (folder / name).exists() != (again / name).exists():
            yield f"{name}: {'not there' if (again / name).exists() else 'there, but this experiment has none'}"
        elif (again / name).exists() and read_bytes(folder / name, RESULT_BYTES) != read_bytes(
            again / name, RESULT_BYTES
        ):
            yield from table_differences(folder, again, name, None)


def _digests(before: Mapping[str, Sequence[str]], now: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Replications whose records differ."""
    odd = [
        f"replication {number}, {name}: records {str(old)[:12]} then, {new[:12]} now"
        for name in now
        for number, (old, new) in enumerate(zip(before.get(name, ()), now[name], strict=False))
        if old != new
    ]
    yield from _first(odd, "digests of records")
    yield from (f"{name}: not in {RESULT}" for name in now if name not in before)


def table_differences(folder: Path, again: Path, name: str, rows: int | None = None) -> Iterator[str]:
    """Rows of a table that differ, of the first so many; None is all."""
    if not (folder / name).exists():
        yield f"{name}: not there"
        return
    with _lines(folder / name) as old, _lines(again / name) as new:
        heads = next(old, []), next(new, [])
        if heads[0] != heads[1]:
            yield f"{name}: columns {', '.join(sorted(set(heads[0]) ^ set(heads[1])) or ['in another order'])}"
            return
        pairs = enumerate(zip_longest(islice(old, rows), islice(new, rows)), start=2)
        odd = [_row(name, line, heads[0], *pair) for line, pair in pairs if pair[0] != pair[1]]
    if rows is None and not odd:
        odd = [f"{name}: how it is written"]
    yield from _first(odd, f"rows of {name}")


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[list[str]]]:
    """Rows of a table, while it is open."""
    with path.open(encoding="utf-8", newline="") as stream:
        yield csv.reader(stream)


def _row(name: str, line: int, head: Sequence[str], old: Sequence[str] | None, new: Sequence[str] | None) -> str:
    """How a row differs."""
    row = old or new or ()
    whose = ", ".join(cell for column, cell in zip(head, row, strict=False) if column in WHOSE and cell != "all")
    place = f"{name}, line {line} ({whose})"
    if old is None or new is None:
        return f"{place}: {'missing' if old is None else 'not found again'}"
    cells = [
        f"{column} {before or 'nothing'} then, {after or 'nothing'} now"
        for column, before, after in zip_longest(head, old, new, fillvalue="")
        if before != after
    ]
    return f"{place}: {'; '.join(cells)}"


def _first(found: Sequence[str], what: str) -> Iterator[str]:
    yield from found[:SHOWN]
    if len(found) > SHOWN:
        yield f"and {len(found) - SHOWN:,} more {what}"
