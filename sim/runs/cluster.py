"""The workers of a Dask cluster (kluster): the same work as on this machine, with the same results.

A worker that is lost costs nothing but time: the scheduler gives its replications to others. Workers with another
source of Narvard, other versions of what results depend on, or another last digit of an exponential, are refused before
the first replication, and so are those that join later, since their results would not be equal.
"""

from __future__ import annotations

import logging
import platform
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any

from sim.engine import on_compiling
from sim.runs.arithmetic import arithmetic
from sim.runs.closure import source_digest
from sim.runs.local import Done, One, WorkerLost, listed
from sim.runs.progress import Progress, Stopped
from sim.version import __version__

TLS = "tls://"
CERTIFICATES = (
    "tls:// needs certificates: DASK_DISTRIBUTED__COMM__TLS__CA_FILE, DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT and "
    "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY name them (docs/experiments.md, Workers and clusters)"
)
OPEN = "not encrypted, and whoever reaches the port runs code as you; tls:// is for networks with others in them"
INSTALL = "--cluster needs the package distributed: pip install 'narvard[cluster]'"
PACKAGES = ("numpy", "scipy", "numba", "llvmlite")
"""Packages that decide the numbers, beside Narvard itself."""
CONNECT = 10.0
"""Seconds within which a scheduler answers, and has a worker."""
LOOK = 5.0
"""Seconds between two looks at how many workers there are."""
ALONE = 60.0
"""Seconds without any worker after which none is expected to come back."""
END = 3.0
"""Seconds given to the workers to hear that nobody waits for them any more; one that hangs does not hold up the end."""
TELL = 1.0
"""Seconds between two messages of one replication about its progress."""
log = logging.getLogger("narvard.cluster")
SHOWN = 5
"""Most workers that an error names."""


class ClusterError(ConnectionError):
    """A cluster that is not there, not fit for the work, or lost."""


class Cluster:
    """Workers of a Dask cluster.

    Parameters
    ----------
    address
        Of its scheduler, as ``tcp://host:8786``, or ``tls://host:8786`` with the certificates that Dask's configuration
        names.
    most
        Replications at a time, if not as many as the cluster has threads.

    Raises
    ------
    ClusterError
        When entered: without the package ``distributed``, a scheduler, a worker, or the versions of this machine.
    """

    def __init__(self, address: str, most: int | None = None) -> None:
        self.address = address
        self.size = 0
        self._most = most
        self._listening = False
        self._topic = f"narvard-{uuid.uuid4().hex}"
        self._seen = self._looked = time.monotonic()

    def __enter__(self) -> Cluster:
        with ExitStack() as failing:
            failing.enter_context(_quiet())
            self._client = _connected(self.address)
            failing.callback(self._client.close)
            self._count(_threads_of(self._client, self.address))
            check_versions(self._client, self.address)
            self._executor = self._client.get_executor(pure=False)
            self._leaving = failing.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._leaving:
            telling = Thread(target=self._tell_end, daemon=True)
            telling.start()
            telling.join(END)

    def _tell_end(self) -> None:
        """Tell the workers that nobody waits any more; who cannot be told has nobody to work for either."""
        if self._client.status == "running":
            with suppress(Exception):
                self._client.run(_end, self._topic, on_error="ignore")

    def submit(self, one: One[Done], number: int, tell: Progress) -> Future[Done]:
        """Hand one replication to the scheduler."""
        self._listen(tell)
        job: Future[Done] = self._executor.submit(_on_worker, one, number, self._topic, facts())
        return job

    def result(self, job: Future[Done], number: int, under_way: Sequence[int]) -> Done:
        """What came of a finished job.

        Raises
        ------
        WorkerLost
            If a replication has ended one worker after another.
        ClusterError
            If the scheduler is gone.
        """
        from distributed import KilledWorker

        try:
            return job.result()
        except CancelledError:
            raise ClusterError(
                f"{self.address}: the scheduler is gone, or was restarted, with {listed(under_way)} under way or next"
            ) from None
        except KilledWorker as error:
            raise WorkerLost(
                f"{self.address}: {error.allowed_failures + 1} workers were lost one after another with "
                f"{listed([number])}, the last at {error.last_worker.address}, most often for lack of memory: "
                "dask worker --nthreads 1 --memory-limit SIZE"
            ) from None

    def look(self) -> float:
        """Look whether workers have come or gone, now and then.

        Returns
        -------
        float
            Seconds to the next look.

        Raises
        ------
        ClusterError
            If there has been no worker for a while.
        """
        now = time.monotonic()
        if now - self._looked > LOOK:
            self._looked = now
            with suppress(OSError):  # without a scheduler all jobs are cancelled, which says more
                self._count(self._client.nthreads())
            if now - self._seen > ALONE:
                raise ClusterError(f"{self.address}: the last worker is gone since {ALONE:.0f} s")
        return LOOK

    def _count(self, threads: Mapping[str, int]) -> None:
        if threads:
            self._seen = time.monotonic()
            self.size = min(sum(threads.values()), self._most or sys.maxsize)

    def _listen(self, tell: Progress) -> None:
        """Pass on what workers tell of their progress."""
        if not self._listening:
            self._listening = True
            self._client.subscribe_topic(self._topic, lambda event: tell(*event[1]))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what Dask writes to its log about a lost scheduler, with tracebacks, from what an error says in a line."""
    log = logging.getLogger("distributed.client")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _connected(address: str) -> Any:
    """A client of the scheduler."""
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(INSTALL) from None
    connect: Any = Client  # it has no types
    if not address.startswith(TLS) and not _of_this_machine(address):
        log.warning("%s: %s", address, OPEN)
    try:
        return connect(address, timeout=CONNECT, set_as_default=False, name="narvard")
    except (ValueError, TypeError) as error:
        if address.startswith(TLS):
            raise ClusterError(f"{address}: {CERTIFICATES} ({error})") from None
        raise ClusterError(f"{address!r}: not the address of a Dask scheduler, as tcp://host:8786 ({error})") from None
    except (OSError, ImportError) as error:
        raise ClusterError(f"{address}: no Dask scheduler answers within {CONNECT:.0f} s ({_reason(error)})") from None


def _of_this_machine(address: str) -> bool:
    """Whether an address is of this machine alone; nothing that is said to it leaves the machine."""
    kind, _, place = address.rpartition("://")
    host = place.rpartition(":")[0].strip("[]") or place
    return kind == "inproc" or host in ("localhost", "::1") or host.startswith("127.")


def _reason(error: BaseException) -> str:
    """What the system says at the bottom of an error."""
    while error.__cause__ is not None:
        error = error.__cause__
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _threads_of(client: Any, address: str) -> Mapping[str, int]:
    """Threads by worker, as soon as there is one."""
    with suppress(TimeoutError):
        client.wait_for_workers(1, timeout=CONNECT)
    threads: Mapping[str, int] = client.nthreads()
    if not threads:
        raise ClusterError(
            f"{address}: the scheduler has no workers, at least 1 needed (on another machine: dask worker {address})"
        )
    return threads


# --- equal results -----------------------------------------------------------------------------------------------


def check_versions(client: Any, address: str) -> None:
    """Refuse workers whose results would not be equal to those of this machine.

    Raises
    ------
    ClusterError
        Naming the workers, what they have and what is needed.
    """
    ours = facts()
    found = client.get_versions(packages=list(PACKAGES))["workers"]
    _refuse(address, {worker: _different(_told(versions), ours) for worker, versions in found.items()})
    # With the same Python and packages there, Narvard itself can be asked.
    _refuse(
        address,
        {
            worker: f"no narvard {__version__} ({told})" if isinstance(told, Exception) else _different(told, ours)
            for worker, told in client.run(facts, on_error="return").items()
        },
    )


def _refuse(address: str, differences: Mapping[str, str]) -> None:
    wrong = [f"worker {worker}: {words}" for worker, words in sorted(differences.items()) if words]
    if wrong:
        more = [f"and {len(wrong) - SHOWN} more workers"] if len(wrong) > SHOWN else []
        what = "the results of these workers would not be equal to those of this machine"
        raise ClusterError("\n  ".join([f"{address}: {what}", *wrong[:SHOWN], *more]))


def _told(versions: Mapping[str, Any]) -> dict[str, str]:
    """What Dask tells of a worker, in the words of :func:`facts`."""
    host, packages = versions["host"], versions["packages"]
    return {
        "system": f"{host['OS']} {host['machine']}",
        "Python": ".".join(host["python"].split(".")[:2]),
        **{name: packages.get(name) or "missing" for name in PACKAGES},
    }


def _different(theirs: Mapping[str, str], ours: Mapping[str, str]) -> str:
    """What differs, in words; empty if nothing does."""
    return ", ".join(f"{name} {value}, here {ours[name]}" for name, value in theirs.items() if value != ours[name])


@cache
def facts() -> dict[str, str]:
    """What results depend on beside scenario and seed, as it is in this process."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
        **{name: _version(name) for name in PACKAGES},
        "arithmetic": arithmetic(),
        "narvard": __version__,
        "source of narvard": _source(),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _source() -> str:
    """A digest of Narvard's modules: two states of a working copy have the same version."""
    folder = Path(__file__).parents[1]
    return source_digest(folder, folder.rglob("*.py"))[:12]


# --- on a worker -------------------------------------------------------------------------------------------------

_ended: set[str] = set()
"""Experiments that nobody waits for any more."""


def _end(topic: str) -> None:
    """What is under way for this experiment ends at its next slice."""
    _ended.add(topic)


def _on_worker(one: One[Done], number: int, topic: str, needed: Mapping[str, str]) -> Done:
    """One replication on a worker."""
    from distributed import get_worker

    worker = get_worker()
    if different := _different(facts(), needed):  # it has joined after the others were looked at
        raise ClusterError(f"worker {worker.address}: {different}: its results would not be equal")
    told = time.monotonic()

    def tick(share: float) -> None:
        nonlocal told
        if topic in _ended:
            raise Stopped
        if time.monotonic() - told > TELL:
            told = time.monotonic()
            worker.log_event(topic, (number, share))

    def compiling(done: int, whole: int, name: str) -> None:
        if topic in _ended:
            raise Stopped

    with on_compiling(compiling, shown=False):
        return one(number, tick)
