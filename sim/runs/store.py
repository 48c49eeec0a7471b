"""The store of runs (körningsarkiv): one piece of finished work, one durable file, of whatever kind of experiment.

What is done stays done: a stop at any moment, by whatever means, loses what was under way and nothing else. The same
experiment goes on where it stopped, on the same machine or another. A file is believed if it is whole, of the
experiment, and made by the code that would make it now; any other is told, taken away and made again.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from sim.files import RESULT_BYTES, read_bytes
from sim.problems import RunAgain
from sim.runs.closure import code_of
from sim.runs.durable import put
from sim.runs.identity import SHORT, Identity
from sim.runs.packing import NOT_READ, Arrays, Damaged, packed, unpacked
from sim.runs.result_folder import REPLICATIONS, occupied

FORMAT = 1
SUFFIX = ".npz"

K = TypeVar("K")
T = TypeVar("T")
U = TypeVar("U")
J = TypeVar("J")


class OtherCode(Damaged):
    """A kept file is good, but was made before the code that makes it was changed."""


@dataclass(frozen=True)
class Codec(Generic[K, T]):
    """How one kind of finished work becomes a file, and comes back.

    Attributes
    ----------
    job
        The module that makes it: with a change of any that it reaches, what is kept is old.
    name
        Name of the file of a key, without its ending.
    key
        The key of such a name; None for files of another kind.
    of
        The key of a piece of work.
    plain
        What is said of a piece of work, as JSON can have it, and its arrays.
    whole
        The piece of work again, from its key, what is said of it, its arrays, and the folder of the result. It may end
        in ``Damaged``, or in one of ``NOT_READ``.
    """

    job: str
    name: Callable[[K], str]
    key: Callable[[str], K | None]
    of: Callable[[T], K]
    plain: Callable[[T], tuple[Mapping[str, Any], Arrays]]
    whole: Callable[[K, Mapping[str, Any], Arrays, Path], T]


class Store(Protocol[K, T]):
    """Where finished work is kept."""

    def sound(self, keys: Iterable[K] | None = None) -> set[K]:
        """Which of some, or of all that are there, are good."""
        ...

    def put(self, part: T) -> None:
        """Keep it."""
        ...

    def get(self, key: K) -> T:
        """What was kept."""
        ...

    def parts(self) -> Iterator[T]:
        """All that is kept and good."""
        ...


class Memory(Generic[K, T]):
    """Finished work that nobody needs afterwards.

    Parameters
    ----------
    of
        The key of a piece of work.
    """

    def __init__(self, of: Callable[[T], K]) -> None:
        self._of = of
        self._parts: dict[K, T] = {}

    def sound(self, keys: Iterable[K] | None = None) -> set[K]:
        """Which are there."""
        return set(self._parts if keys is None else self._parts.keys() & set(keys))

    def put(self, part: T) -> None:
        """Keep it."""
        self._parts[self._of(part)] = part

    def get(self, key: K) -> T:
        """What was kept."""
        return self._parts[key]

    def parts(self) -> Iterator[T]:
        """All that is kept."""
        return iter(self._parts.values())


class RunStore(Generic[K, T]):
    """The finished work of one kind of one experiment, in its folder; made by :func:`open_store`.

    Parameters
    ----------
    folder
        Of the result.
    digest
        Of the experiment.
    codec
        The kind of work.
    """

    def __init__(self, folder: Path, digest: str, codec: Codec[K, T]) -> None:
        self.folder = folder
        self.digest = digest
        self.codec = codec
        self._good: set[K] = set()
        """Keys of what was read whole, or written, by this object."""

    def also(self, codec: Codec[J, U]) -> RunStore[J, U]:
        """Work of another kind, of the same experiment in the same folder."""
        return RunStore(self.folder, self.digest, codec)

    def path(self, key: K) -> Path:
        """The file of a key."""
        return self.folder / REPLICATIONS / f"{self.codec.name(key)}{SUFFIX}"

    def there(self) -> list[K]:
        """Keys that have a file, in the order of the names; whether the files are good is not looked at."""
        names = sorted(path.name.removesuffix(SUFFIX) for path in (self.folder / REPLICATIONS).glob(f"*{SUFFIX}"))
        return [key for key in map(self.codec.key, names) if key is not None]

    def put(self, part: T) -> None:
        """Keep a piece of work.

        Raises
        ------
        OSError
            If it cannot be written; nothing is left of it then.
        """
        key = self.codec.of(part)
        about, arrays = self.codec.plain(part)
        put(self.path(key), packed({**self._stamp(key), **about}, arrays))
        self._good.add(key)

    def get(self, key: K) -> T:
        """What was kept.

        Raises
        ------
        Damaged
            If its file is missing, or is not what was written.
        """
        path = self.path(key)
        try:
            with unpacked(read_bytes(path, RESULT_BYTES)) as (about, arrays):
                self._see_ours(key, about)
                return self.codec.whole(key, about, arrays, self.folder)
        except Damaged as error:
            raise type(error)(f"{path}: {error}") from error
        except NOT_READ as error:
            raise Damaged(f"{path}: damaged ({error or type(error).__name__})") from error

    def parts(self) -> Iterator[T]:
        """All that is kept and good, in the order of the names."""
        good = self.sound()
        return (self.get(key) for key in self.there() if key in good)

    def sound(self, keys: Iterable[K] | None = None) -> set[K]:
        """Which keys, of some or of all, have a good file; damaged and old files are warned of and taken away.

        Every file is read whole once.

        Warns
        -----
        RunAgain
            Of each damaged file, and once of those of other code.
        """
        good, old = set(), 0
        for key in self.there() if keys is None else keys:
            if key not in self._good and self.path(key).exists():
                try:
                    self.get(key)
                    self._good.add(key)
                except OtherCode:
                    old += 1
                    self.path(key).unlink(missing_ok=True)
                except Damaged as error:
                    warnings.warn(f"{error}; it is run again", RunAgain, stacklevel=2)
                    self.path(key).unlink(missing_ok=True)
            if key in self._good:
                good.add(key)
        if old:
            what = f"{old} run{' was' if old == 1 else 's were'} made by other code of the same version"
            says = f"{self.folder}: {what}; {'it is' if old == 1 else 'they are'} run again"
            warnings.warn(says, RunAgain, stacklevel=2)
        return good

    def _stamp(self, key: K) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "experiment": self.digest,
            "code": code_of(self.codec.job),
            "name": self.codec.name(key),
        }

    def _see_ours(self, key: K, about: Mapping[str, Any]) -> None:
        """See that what stands in a file is what its name says, of this experiment and this code."""
        ours = self._stamp(key)
        if about["format"] != FORMAT:
            raise Damaged(f"format {about['format']} given, {FORMAT} needed")
        if about["experiment"] != self.digest:
            raise Damaged(f"of another experiment (digest {about['experiment'][:SHORT]}, not {self.digest[:SHORT]})")
        if about["code"] != ours["code"]:
            raise OtherCode("made by other code of the same version")
        if about["name"] != ours["name"]:
            raise Damaged(f"{about['name']} is in it")


@contextmanager
def open_store(
    folder: Path,
    identity: Identity,
    asked: Mapping[str, Any],
    codec: Codec[K, T],
    *,
    replace: bool = False,
) -> Iterator[RunStore[K, T]]:
    """The store in a folder, for one experiment and one process at a time; parameters as for ``occupied``.

    Raises
    ------
    OtherExperiment
        If the folder holds another experiment, or another process is at work in it.
    OSError
        If it cannot be written to.
    """
    with occupied(folder, identity, asked, replace=replace):
        yield RunStore(folder, identity.digest, codec)
