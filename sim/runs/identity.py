"""What an experiment is (experimentets identitet): all that its figures depend on, and a digest of that.

``experiment.json``, with copies of the region's tables in ``region/`` beside it, is enough to run an experiment again
on any machine. How many replications were asked for stands there too, but does not belong to the identity: more of
them continue the same experiment.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.files import RESULT_BYTES, Unfit, read_bytes, read_json
from sim.model.period import CURRENT
from sim.runs.differences import differences
from sim.runs.durable import put
from sim.scenario import Scenario
from sim.scenario.region import TABLES
from sim.scenario.restored import NotRestored, plain, region_copies, restored
from sim.version import __version__

FILE = "experiment.json"
RUN, COMPARE = "run", "compare"
"""Kinds of experiments whose records can be had again."""
SWEEP = "sweep"
"""Kind of an experiment at many points; ``sweep_archive`` reads it."""
REGION = "region"
"""Folder with the tables of the region."""
FORMAT = 1
PACKAGES = ("numba", "numpy", "scipy")
"""Packages that results depend on, beside narvard itself: SciPy has the quantiles of intervals and stopping."""
MOST_TOLD = 5
"""Differences that a refusal names."""
SHORT = 12
"""Hex digits of a digest that name a folder."""


class NoExperiment(ValueError):
    """A folder without an experiment that can be read; the text names the file and what is wrong."""


def versions() -> dict[str, str]:
    """Versions that results depend on."""
    return {"narvard": __version__, **{name: _version(name) for name in PACKAGES}}


def changed_versions(then: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Names with versions that differ from those installed here: name, then, now."""
    here = versions()
    return [
        (name, then.get(name, "unknown"), here.get(name, "unknown"))
        for name in {**then, **here}
        if then.get(name) != here.get(name)
    ]


def _at(about: Any, dotted: str) -> Any:
    """What stands at a dotted name of plain data; None if nothing does."""
    for word in dotted.split("."):
        about = about.get(word) if isinstance(about, Mapping) else None
    return about


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


@dataclass(frozen=True, eq=False)
class Identity:
    """All that the figures of an experiment depend on, beside the versions.

    Attributes
    ----------
    scenario, governances, seed, engine
        As for ``sim.run`` and ``sim.compare``.
    """

    scenario: Scenario
    governances: tuple[str, ...]
    seed: int
    engine: str = "compiled"

    @property
    def kind(self) -> str:
        """``run`` or ``compare``."""
        return COMPARE if len(self.governances) == 2 else RUN

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the identity with the versions that are installed here, as hex digits."""
        return digest_of(self.scenario.counted(), self.governances, self.seed, self.engine, versions())

    def differs(self, about: Mapping[str, Any], folder: Path) -> str:
        """What another experiment has otherwise, in words: that of a folder with this ``experiment.json``."""
        ours = {
            "kind": self.kind,
            "seed": self.seed,
            "governances": list(self.governances),
            "engine": self.engine,
        }
        found = [f"{name} {about.get(name)}, not {value}" for name, value in ours.items() if about.get(name) != value]
        found += [f"{name} {then}, not {now}" for name, then, now in changed_versions(about.get("versions", {}))]
        found += differences(about.get("scenario"), self.scenario, folder / REGION)
        then, now = about.get("asked"), json.loads(json.dumps(self.asked_of_points, default=str))
        found += [
            f"{name} {_short(old)}, not {_short(new)}"
            for name, new in now.items()
            if (old := _at(then, name)) is not None and old != new
        ]
        first = ", ".join(found[:MOST_TOLD]) + (f" and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else "")
        return first or "another way of asking, or of an older narvard"

    @property
    def asked_of_points(self) -> Mapping[str, Any]:
        """What figures depend on beside the scenario, by dotted name in ``asked``; for the words of refusals."""
        return {}

    def check(self) -> None:
        """See that it can be run.

        Raises
        ------
        KeyError
            If the scenario lacks one of the governances, or ``current``.
        """
        for name in (CURRENT, *self.governances):
            self.scenario.governance(name)


def digest_of(
    resolved: Mapping[str, Any], governances: Sequence[str], seed: int, engine: str, used: Mapping[str, str]
) -> str:
    """SHA-256 of an experiment: of its JSON with sorted keys and without spaces."""
    whole = {
        "scenario": resolved,
        "governances": list(governances),
        "seed": seed,
        "engine": engine,
        "versions": dict(used),
    }
    return data_digest(whole, default=str)


def data_digest(whole: Any, default: Callable[[Any], Any] | None = None) -> str:
    """SHA-256 of plain data, as hex digits: of its JSON with sorted keys and without spaces.

    Parameters
    ----------
    default
        Makes plain data of what is none; without it that is an error.
    """
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=default)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class Stored:
    """An experiment as a folder has it.

    Attributes
    ----------
    identity
        What was run.
    digest, versions
        As they were when it was run; the identity has those of today.
    asked
        What was asked for: ``{"replications": n}``, or ``{"precision": {...}}``.
    """

    identity: Identity
    digest: str
    versions: Mapping[str, str]
    asked: Mapping[str, Any]

    @property
    def other_versions(self) -> list[str]:
        """Versions that differ from those installed here, in words."""
        return [f"{name} {then} then, {now} now" for name, then, now in changed_versions(self.versions)]


def written(identity: Identity) -> list[str]:
    """Names of the files that ``write_identity`` writes."""
    tables = TABLES if identity.scenario.has_region else ()
    return [*(f"{REGION}/{name}" for name in tables), FILE]


def write_identity(identity: Identity, asked: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write ``experiment.json`` and the copies of the region's tables; returns the files.

    Raises
    ------
    OSError
        If a file cannot be written.
    NotRestored
        If the region's tables have changed since the scenario was read.
    """
    copies = region_copies(identity.scenario.region) if identity.scenario.has_region else {}
    (folder / REGION).mkdir(parents=True, exist_ok=True)
    if not (folder / FILE).exists():
        for name, content in copies.items():
            _see_ours(folder / REGION / name, content)
    files = [put(folder / REGION / name, content) for name, content in copies.items()]
    about = {
        "format": FORMAT,
        "digest": identity.digest,
        "kind": identity.kind,
        "governances": list(identity.governances),
        "seed": identity.seed,
        "engine": identity.engine,
        "versions": versions(),
        "asked": dict(asked),
        "scenario": plain(identity.scenario),
    }
    text = json.dumps(about, indent=1, ensure_ascii=False, default=str)
    # Lists of plain values on one line each: the file is read by people too.
    short = re.sub(r"\[\s+([^][{}]*?)\s+\]", lambda found: "[" + re.sub(r"\n\s+", " ", found[1]) + "]", text)
    return [*files, put(folder / FILE, short + "\n")]


def _see_ours(path: Path, content: bytes) -> None:
    """See that a table which is there already is the copy that would be written, as a killed run leaves it."""
    if path.exists() and read_bytes(path, RESULT_BYTES) != content:
        raise Unfit(path, "is not of a result, and the copy of the region's tables would replace it; another --out")


def read_identity(folder: Path) -> Stored:
    """The experiment of a folder.

    Raises
    ------
    NoExperiment
        If there is none, it is damaged, or it was written by a version whose scenarios are others.
    """
    about = read_about(folder)
    path = folder / FILE
    kind = about.get("kind")
    if kind == SWEEP:
        raise NoExperiment(f"{folder}: holds a sweep, whose records are not kept; narvard reproduce runs it again")
    if kind not in (RUN, COMPARE):
        raise NoExperiment(
            f"{folder}: of narvard {kind}, whose records are not kept; the command that made it goes on with its runs"
        )
    try:
        scenario = restored(about["scenario"], folder / REGION, path)
        identity = Identity(scenario, tuple(about["governances"]), about["seed"], about["engine"])
        identity.check()
        digest = digest_of(scenario.counted(), identity.governances, identity.seed, identity.engine, about["versions"])
    except NotRestored as error:
        raise NoExperiment(str(error)) from error
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise NoExperiment(f"{path}: not as narvard writes it ({error})") from error
    if digest != about["digest"]:
        raise NoExperiment(
            f"{path}: digest {about['digest'][:SHORT]} stated, {digest[:SHORT]} found; it was changed by hand"
        )
    return Stored(identity, digest, about["versions"], about.get("asked", {}))


def read_about(folder: Path) -> dict[str, Any]:
    """``experiment.json`` of a folder as plain data.

    Raises
    ------
    NoExperiment
        If there is none, or it is not what narvard writes.
    """
    path = folder / FILE
    try:
        about = read_json(path)
    except FileNotFoundError:
        raise NoExperiment(f"{folder}: no {FILE} there; narvard run and narvard compare write one") from None
    except (OSError, ValueError) as error:
        raise NoExperiment(f"{path}: cannot be read ({error})") from error
    if not isinstance(about, dict) or not isinstance(about.get("digest"), str):
        raise NoExperiment(f"{path}: not as narvard writes it")
    if about.get("format") != FORMAT:
        raise NoExperiment(f"{path}: format {about.get('format')} given, {FORMAT} needed; another narvard wrote it")
    return about
