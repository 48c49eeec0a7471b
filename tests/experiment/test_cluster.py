"""A real Dask cluster: a scheduler and two workers, started as a user starts them, and ended as systems end them."""

from __future__ import annotations

import copy
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import dask
import numpy as np
import pytest
import trustme

import sim
from sim.cli import COMMANDS, INVALID, main
from sim.code_cache import get
from sim.engine import replicate, run
from sim.experiment.folder import write
from sim.language import Process, hold, record
from sim.runs import arithmetic, cluster
from sim.runs.cluster import ClusterError, facts
from sim.runs.executors import Stopped, Where, WorkerLost, spread
from sim.runs.progress import Tick
from sim.statistics.precision import Target
from tests.engine.caches import cache_with_kernel
from tests.experiment.clinic import without_engine
from tests.experiment.tiny import PATIENCE, TINY, until

ROOT = Path(__file__).parents[2]


class Machines:
    """A scheduler and workers as processes of this machine, on free ports."""

    def __init__(self, folder: Path, leaving: ExitStack, *more: str) -> None:
        self.folder = folder
        self._leaving = leaving
        self.workers: list[subprocess.Popen[bytes]] = []
        place = folder / "scheduler.json"
        ports = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-jupyter")
        self.scheduler = self.start("scheduler", *ports, *more, "--scheduler-file", str(place))
        until(lambda: place.exists() and place.read_text().endswith("}"))
        self.address: str = json.loads(place.read_text())["address"]

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """A process of the command ``dask``."""
        command = [sys.executable, "-m", "dask", *arguments]
        paths = os.pathsep.join([*filter(None, [environment.pop("PYTHONPATH", "")]), str(ROOT)])
        settings = {**os.environ, "PYTHONPATH": paths, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=self.folder, env=settings | environment, stdout=log, stderr=log)
        self._leaving.callback(process.wait)
        self._leaving.callback(process.kill)
        return process

    def join(self, workers: int = 1, **environment: str) -> None:
        """So many workers more, of one thread each, and without a nanny who would begin them again."""
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--death-timeout", "60")
        begun = [self.start("worker", self.address, *options, **environment) for _ in range(workers)]
        self.workers += begun

    def wait(self) -> None:
        """Until all workers are known to the scheduler."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=PATIENCE)


@contextmanager
def machines(folder: Path, workers: int, *more: str) -> Iterator[Machines]:
    """A cluster of its own, for a test that harms it."""
    with ExitStack() as leaving:
        found = Machines(folder, leaving, *more)
        if workers:
            found.join(workers)
            found.wait()
        yield found


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A cluster of two workers that stays as it is."""
    with machines(tmp_path_factory.mktemp("cluster"), 2) as found:
        yield found


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "tiny.toml"
    path.write_text(TINY, encoding="utf-8")
    return path


# --- what replications do in these tests; on the workers ---------------------------------------------------------


def noted(folder: Path, number: int, tick: Tick | None) -> int:
    """Leave a line with the number of the process for each time that a replication is begun."""
    with (folder / f"{number}").open("a") as file:
        file.write(f"{os.getpid()}\n")
    return number * number


def first_quick(folder: Path, number: int, tick: Tick | None) -> int:
    """Number 0 is done at once, the others when they are stopped, or the file ``go`` is there."""
    assert tick is not None
    done = noted(folder, number, tick)
    try:
        while number and not (folder / "go").exists():
            tick(0.5)
            time.sleep(0.01)
    except Stopped:
        (folder / f"{number}.stopped").touch()
        raise
    return done


def deadly(number: int, tick: Tick | None) -> int:
    os._exit(137)


def wrong(number: int, tick: Tick | None) -> int:
    raise ValueError(f"replication {number} cannot be")


def begun(folder: Path) -> dict[int, list[int]]:
    """Processes in which each replication was begun."""
    files = [path for path in folder.iterdir() if path.name.isdigit()]
    return {int(path.name): [int(line) for line in path.read_text().split()] for path in files}


# --- the work ----------------------------------------------------------------------------------------------------


def test_every_replication_is_done_once_and_by_all_workers(two: Machines, tmp_path: Path) -> None:
    done = list(spread(partial(noted, tmp_path), range(30), Where(cluster=two.address)))
    assert sorted(done) == [(number, number * number) for number in range(30)]
    where = begun(tmp_path)
    assert all(len(processes) == 1 for processes in where.values())
    assert {process for processes in where.values() for process in processes} == {w.pid for w in two.workers}


@pytest.mark.verify
def test_a_killed_worker_costs_no_replication_and_none_comes_twice(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    with machines(tmp_path, 2) as found:
        running = spread(partial(first_quick, tmp_path / "work"), range(12), Where(cluster=found.address))
        done = [next(running)]
        until(lambda: len(begun(tmp_path / "work")) >= 3)  # both workers have one in hand
        found.workers[0].send_signal(signal.SIGKILL)
        (tmp_path / "work" / "go").touch()
        done += running
    assert sorted(done) == [(number, number * number) for number in range(12)]
    repeated = {number: where for number, where in begun(tmp_path / "work").items() if len(where) > 1}
    killed, other = (worker.pid for worker in found.workers)
    assert repeated, "the killed worker had nothing in hand"
    assert all(where[0] == killed and where[-1] == other for number, where in repeated.items() if number)


def test_leaving_early_stops_what_is_under_way(two: Machines, tmp_path: Path) -> None:
    with closing(spread(partial(first_quick, tmp_path), count(), Where(cluster=two.address))) as running:
        assert next(running) == (0, 0)
        until(lambda: len(begun(tmp_path)) >= 3)
    until(lambda: {path.stem for path in tmp_path.glob("*.stopped")} == {str(n) for n in begun(tmp_path) if n})
    assert list(spread(partial(noted, tmp_path), [70], Where(cluster=two.address))) == [(70, 4900)]  # others can work


def test_no_more_at_a_time_than_asked_for(two: Machines, tmp_path: Path) -> None:
    where = Where(workers=1, cluster=two.address)
    with closing(spread(partial(first_quick, tmp_path), count(), where)) as running:
        next(running)
        until(lambda: 1 in begun(tmp_path))
    with cluster.Cluster(two.address) as all_of_it, cluster.Cluster(two.address, 1) as one:
        assert (all_of_it.size, one.size) == (2, 1)


def test_workers_tell_of_their_progress(two: Machines, tmp_path: Path) -> None:
    told: list[tuple[int, float]] = []
    running = spread(
        partial(first_quick, tmp_path), range(3), Where(cluster=two.address), lambda *words: told.append(words)
    )
    with closing(running):
        assert next(running) == (0, 0)
        until(lambda: (1, 0.5) in told)
        (tmp_path / "go").touch()
        list(running)
    assert {(0, 1.0), (1, 1.0), (2, 1.0)} <= set(told)


def test_an_error_of_a_replication_is_that_error(two: Machines) -> None:
    with pytest.raises(ValueError, match="replication 0 cannot be"):
        list(spread(wrong, range(1), Where(cluster=two.address)))


# --- the same figures ----------------------------------------------------------------------------------------------


DETERMINISTIC = (
    "result.json",
    "outcomes.csv",
    "comparison.csv",
    "replications.csv",
    "sources.csv",
    "warmup.csv",
    "flows.csv",
    "occupancy.csv",
)


def same_bytes(one: Path, other: Path) -> None:
    """All that is deterministic in two folders of results, down to the replications."""
    parts = sorted(path.name for path in (one / "replications").iterdir())
    assert parts == sorted(path.name for path in (other / "replications").iterdir())
    for name in (*DETERMINISTIC, *(f"replications/{part}" for part in parts)):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_the_same_bytes_for_any_number_of_workers_and_for_a_cluster_that_loses_one(tiny: Path, tmp_path: Path) -> None:
    def compare(name: str, **where: Any) -> None:
        write(sim.compare(sim.load(tiny), replications=4, seed=7, archive=tmp_path / name, **where), tmp_path / name)

    for workers in (1, 2, 4):
        compare(str(workers), workers=workers)
    with machines(tmp_path, 2) as found:

        def kill(number: int, share: float) -> None:
            if share == 1.0:  # as soon as one replication is done
                found.workers[0].send_signal(signal.SIGKILL)

        compare("there", cluster=found.address, progress=kill)
    for other in ("2", "4", "there"):
        same_bytes(tmp_path / "1", tmp_path / other)
    assert json.loads((tmp_path / "there" / "provenance.json").read_text(encoding="utf-8"))["cluster"] is True


@pytest.mark.verify
def test_a_precision_is_reached_with_the_same_replications_on_a_cluster(two: Machines, tiny: Path) -> None:
    target = Target(relative=0.02, outcomes=("person_years",), least=3, most=12, look_ahead=1)
    here, there = (
        sim.run(sim.load(tiny), seed=7, precision=target, workers=workers, cluster=address)
        for workers, address in ((1, None), (None, two.address))
    )
    assert here.precision == there.precision
    assert len(here.replications) < 12, "stopped by the rule"
    assert here.digests("current") == there.digests("current")


@pytest.mark.verify
def test_simpy_gives_the_same_on_a_cluster(two: Machines, tiny: Path) -> None:
    scenario = sim.load(tiny)
    there = sim.run(scenario, replications=2, seed=7, engine="simpy", cluster=two.address)
    assert there.digests("current") == sim.run(scenario, replications=2, seed=7).digests("current")
    assert not there.processes


def test_models_of_ones_own_run_there_too(two: Machines) -> None:
    variants = {"one": {}, "two": {"shift": 1.0}}
    found = [
        replicate(without_engine, 4, variants=variants, **where) for where in ({"cluster": two.address}, {"workers": 1})
    ]
    assert np.array_equal(found[0].values, found[1].values, equal_nan=True)


def test_every_command_with_workers_takes_a_cluster() -> None:
    having = {
        name: {word for argument in entry.arguments for word in argument.names} & {"--workers", "--cluster"}
        for name, entry in COMMANDS.items()
    }
    several = {"run", "compare", "sweep", "calibrate", "validate", "reproduce", "warmup", "evaluate", "plan"}
    several |= {"pilots", "untouched"}
    assert {name for name, words in having.items() if words} == several
    assert all(having[name] == {"--workers", "--cluster"} for name in several)


@pytest.mark.verify
def test_commands_give_the_same_on_a_cluster(two: Machines, tiny: Path, tmp_path: Path) -> None:
    for asked in (["run", str(tiny), "--replications", "3"], ["validate", str(tiny), "--replications", "3"]):
        assert main([*asked, "--workers", "2", "--out", str(tmp_path / f"{asked[0]}-here")]) == 0
        assert main([*asked, "--cluster", two.address, "--out", str(tmp_path / f"{asked[0]}-there")]) == 0
    for name in ("validate-{}/validation.csv", "run-{}/result.json", "run-{}/outcomes.csv", "run-{}/replications.csv"):
        assert (tmp_path / name.format("here")).read_bytes() == (tmp_path / name.format("there")).read_bytes()


def test_records_are_not_fetched_from_a_cluster(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(tiny), "--records", "--cluster", "tcp://127.0.0.1:9"]) == INVALID
    assert "--records: not with --cluster tcp://127.0.0.1:9" in capsys.readouterr().err
    with pytest.raises(ValueError, match="records: not from a cluster"):
        sim.run(sim.load(tiny), records=True, cluster="tcp://127.0.0.1:9")


@pytest.mark.verify
def test_a_scheduler_that_dies_leaves_an_archive_that_goes_on_here(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"replications": 4, "seed": 7}
    with machines(tmp_path, 1) as found:

        def end(number: int, share: float) -> None:
            if number == 1 and share == 1.0:
                found.scheduler.send_signal(signal.SIGKILL)

        with pytest.raises(ClusterError, match="the scheduler is gone"):
            sim.compare(sim.load(tiny), **asked, archive=tmp_path / "there", cluster=found.address, progress=end)
    kept = {path.name for path in (tmp_path / "there" / "replications").iterdir()}
    assert {"0000.npz", "0001.npz"} <= kept != {"0000.npz", "0001.npz", "0002.npz", "0003.npz"}
    again = sim.compare(sim.load(tiny), **asked, archive=tmp_path / "there", workers=1)
    assert again.digests("current") == sim.compare(sim.load(tiny), **asked, workers=2).digests("current")


# --- what cannot be used -------------------------------------------------------------------------------------------


def test_nobody_at_the_address(tiny: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT", 0.5)
    assert main(["validate", str(tiny), "--cluster", "tcp://127.0.0.1:9"]) == INVALID
    said = capsys.readouterr().err
    assert "tcp://127.0.0.1:9: no Dask scheduler answers within" in said
    assert "Traceback" not in said


def test_no_address(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(tiny), "--cluster", "nowhere"]) == INVALID
    assert "'nowhere': not the address of a Dask scheduler, as tcp://host:8786" in capsys.readouterr().err


@pytest.fixture
def certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Certificates of an authority of this test, which Dask's configuration names; of another beside them."""
    for name in ("ours", "theirs"):
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1", "localhost")
        authority.cert_pem.write_to_path(str(tmp_path / f"{name}-ca.pem"))
        issued.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / f"{name}.pem"))
    import distributed  # whose configuration it is

    assert distributed
    before = dask.config.get("distributed.comm.tls")
    with_certificates(tmp_path, "ours", monkeypatch)
    yield tmp_path
    dask.config.set({"distributed.comm.tls": before})


def with_certificates(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Dask's configuration name these certificates, here and in processes that are started."""
    pair = str(folder / f"{name}.pem")
    tls = {"ca-file": str(folder / f"{name}-ca.pem")}
    tls |= {f"{who}.{what}": pair for who in ("scheduler", "worker", "client") for what in ("cert", "key")}
    for word, path in tls.items():
        monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{word.upper().replace('-', '_').replace('.', '__')}", path)
    changed = copy.deepcopy(dask.config.get("distributed.comm.tls"))
    dask.config.set({"distributed.comm.tls": changed})  # the one before is put back as it was
    dask.config.set({f"distributed.comm.tls.{word}": path for word, path in tls.items()})


def test_over_tls_only_those_with_a_certificate_of_ours_come_in(
    certificates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECT", 5.0)
    (tmp_path / "begun").mkdir()
    with machines(tmp_path, 1, "--protocol", "tls") as found:
        assert found.address.startswith("tls://127.0.0.1:")
        where = Where(cluster=found.address)
        done = dict(spread(partial(noted, tmp_path / "begun"), range(3), where))
        assert done == {0: 0, 1: 1, 2: 4}
        for address in (found.address.replace("tls://", "tcp://"), found.address):
            with_certificates(certificates, "theirs", monkeypatch)
            with pytest.raises(ClusterError, match="no Dask scheduler answers within 5 s"):
                list(spread(partial(noted, tmp_path / "begun"), range(3), Where(cluster=address)))
    assert {number: len(processes) for number, processes in begun(tmp_path / "begun").items()} == {0: 1, 1: 1, 2: 1}


def test_tls_without_certificates_says_which_are_needed() -> None:
    with pytest.raises(ClusterError, match="tls:// needs certificates: DASK_DISTRIBUTED__COMM__TLS__CA_FILE"):
        list(spread(wrong, range(1), Where(cluster="tls://127.0.0.1:9")))


@pytest.mark.parametrize(
    ("address", "alone"),
    [("tcp://127.0.0.1:8786", True), ("localhost:8786", True), ("tcp://[::1]:1", True), ("tcp://10.0.0.1:8786", False)],
)
def test_an_open_port_on_another_machine_is_told(address: str, alone: bool) -> None:
    assert cluster._of_this_machine(address) == alone


def test_without_the_package(tiny: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["validate", str(tiny), "--cluster", "tcp://127.0.0.1:9"]) == INVALID
    assert "--cluster needs the package distributed: pip install 'narvard[cluster]'" in capsys.readouterr().err


def test_a_scheduler_without_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT", 3.0)
    with (
        machines(tmp_path, 0) as found,
        pytest.raises(ClusterError, match="the scheduler has no workers, at least 1 needed"),
    ):
        list(spread(partial(noted, tmp_path), range(2), Where(cluster=found.address)))


def test_the_scheduler_dies(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "work").mkdir()
    with machines(tmp_path, 1) as found:
        running = spread(partial(first_quick, tmp_path / "work"), range(4), Where(cluster=found.address))
        assert next(running) == (0, 0)
        until(lambda: 1 in begun(tmp_path / "work"))
        found.scheduler.send_signal(signal.SIGKILL)
        with pytest.raises(ClusterError, match=r"the scheduler is gone, .* with replications? .* under way or next"):
            list(running)
    assert capfd.readouterr().err == "", "Dask tells of it in tracebacks"


@pytest.mark.verify
def test_the_scheduler_dies_while_nobody_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that was handed over is done, and the next is handed to nobody."""
    monkeypatch.setattr(cluster, "CONNECT", 3.0)
    (tmp_path / "work").mkdir()
    with machines(tmp_path, 1) as found:
        running = spread(partial(noted, tmp_path / "work"), range(50), Where(cluster=found.address))
        done = [next(running)]
        until(lambda: len(begun(tmp_path / "work")) == 2)
        time.sleep(0.5)  # the result has come
        found.scheduler.kill()
        found.scheduler.wait()
        time.sleep(0.5)  # and so has the news
        with pytest.raises(ClusterError, match="the scheduler is gone"):
            done.extend(running)
    assert sorted(done) == [(0, 0), (1, 1)]


@pytest.mark.verify
def test_a_worker_that_hangs_does_not_hold_up_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "END", 0.5)
    (tmp_path / "work").mkdir()
    with machines(tmp_path, 1) as found:
        with closing(spread(partial(first_quick, tmp_path / "work"), count(), Where(cluster=found.address))) as running:
            assert next(running) == (0, 0)
            found.workers[0].send_signal(signal.SIGSTOP)
        assert found.workers[0].poll() is None, "it still hangs, and we are here"


@pytest.mark.verify
def test_the_last_worker_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "LOOK", 0.1)
    monkeypatch.setattr(cluster, "ALONE", 0.5)
    (tmp_path / "work").mkdir()
    with machines(tmp_path, 1) as found:
        running = spread(partial(first_quick, tmp_path / "work"), range(4), Where(cluster=found.address))
        assert next(running) == (0, 0)
        found.workers[0].send_signal(signal.SIGKILL)
        with pytest.raises(ClusterError, match="the last worker is gone"):
            list(running)


@pytest.mark.verify
def test_a_replication_that_ends_every_worker(tmp_path: Path) -> None:
    with (
        machines(tmp_path, 2) as found,
        pytest.raises(WorkerLost, match="2 workers were lost one after another with replication 0, the last at tcp"),
    ):
        list(spread(deadly, [0], Where(cluster=found.address)))


# --- workers whose results would not be equal ------------------------------------------------------------------------


class Told:
    """A client whose workers say what they are told to say."""

    def __init__(self, packages: dict[str, str | None], python: str, found: Any) -> None:
        host = {"OS": facts()["system"].split()[0], "machine": facts()["system"].split()[1], "python": python}
        ours = {name: facts()[name] for name in cluster.PACKAGES}
        self._versions = {"workers": {"tcp://a:1": {"host": host, "packages": ours | packages}}}
        self._found = found

    def get_versions(self, packages: list[str]) -> dict[str, Any]:
        return self._versions

    def run(self, function: Callable[[], Any], on_error: str) -> dict[str, Any]:
        return {"tcp://a:1": self._found}


HERE = f"{sys.version_info.major}.{sys.version_info.minor}.0.final.0"


@pytest.mark.parametrize(
    ("client", "words"),
    [
        (Told({"numpy": "1.0"}, HERE, facts()), f"worker tcp://a:1: numpy 1.0, here {facts()['numpy']}"),
        (Told({"numba": None}, HERE, facts()), f"worker tcp://a:1: numba missing, here {facts()['numba']}"),
        (Told({}, "3.9.1.final.0", facts()), f"worker tcp://a:1: Python 3.9, here {facts()['Python']}"),
        (Told({}, HERE, facts() | {"narvard": "0.0"}), f"worker tcp://a:1: narvard 0.0, here {facts()['narvard']}"),
        (Told({"scipy": "1.0"}, HERE, facts()), f"worker tcp://a:1: scipy 1.0, here {facts()['scipy']}"),
        (Told({}, HERE, facts() | {"arithmetic": "x"}), "worker tcp://a:1: arithmetic x, here "),
        (Told({}, HERE, facts() | {"source of narvard": "x"}), "worker tcp://a:1: source of narvard x, here "),
        (Told({}, HERE, ImportError("No module named 'sim'")), r"\(No module named 'sim'\)"),
    ],
)
def test_workers_that_would_not_give_equal_results_are_refused(client: Told, words: str) -> None:
    with pytest.raises(ClusterError, match="the results of these workers would not be equal") as refused:
        cluster.check_versions(client, "tcp://s:1")
    assert words.replace("\\", "") in str(refused.value)


def test_another_last_digit_is_another_arithmetic(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = arithmetic.arithmetic()
    assert arithmetic.arithmetic() == ours

    def sloppy(value: float) -> float:
        return math.nextafter(math.exp(value), 0.0) if value == 0.5 else math.exp(value)

    monkeypatch.setattr(arithmetic, "SCALARS", (sloppy, *arithmetic.SCALARS[1:]))
    assert arithmetic.arithmetic() != ours


@pytest.mark.verify
@pytest.mark.filterwarnings("ignore:Mismatched versions")
def test_real_workers_with_something_else_are_refused(tmp_path: Path) -> None:
    metadata = tmp_path / "old" / "numpy-1.0.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.0\n", encoding="utf-8")
    empty = tmp_path / "empty" / "sim" / "__init__.py"
    empty.parent.mkdir(parents=True)
    empty.write_text("", encoding="utf-8")
    with machines(tmp_path, 1) as found:
        found.join(PYTHONPATH=str(metadata.parents[1]))
        found.join(PYTHONPATH=str(empty.parents[1]))
        found.wait()
        with pytest.raises(ClusterError, match=r"worker tcp://127.0.0.1:\d+: numpy 1.0, here"):
            list(spread(partial(noted, tmp_path), range(2), Where(cluster=found.address)))
        found.workers[1].kill()
        found.workers[1].wait()
        with pytest.raises(ClusterError, match=r"worker tcp://127.0.0.1:\d+: no narvard .*No module named 'sim"):
            list(spread(partial(noted, tmp_path), range(2), Where(cluster=found.address)))


@pytest.mark.verify
def test_a_worker_that_joins_late_is_looked_at_too(tmp_path: Path) -> None:
    shutil.copytree(Path(cluster.__file__).parents[1], tmp_path / "other" / "sim")
    (tmp_path / "other" / "sim" / "changed.py").write_text("", encoding="utf-8")
    (tmp_path / "work").mkdir()
    with machines(tmp_path, 1) as found:
        running = spread(partial(first_quick, tmp_path / "work"), count(), Where(cluster=found.address))
        assert next(running) == (0, 0)
        found.join(PYTHONPATH=str(tmp_path / "other"))
        with pytest.raises(ClusterError, match=r"source of narvard .*, here .*: its results would not be equal"):
            list(running)


# --- compiled code -------------------------------------------------------------------------------------------------


def doubled(w) -> Process[None]:  # type: ignore[no-untyped-def]
    yield hold(21)
    yield record(2 * w.clock[0], 0, 0, 0, 0, 0, 0, 0, 0)


def compiled(folder: Path, number: int, tick: Tick | None) -> list[int]:
    """Compile and run a process as soon as two workers are there to do so."""
    noted(folder, number, tick)
    until(lambda: len(begun(folder)) == 2)
    return [int(person) for person in run([doubled], {}, [], 100).person]


@pytest.mark.verify
def test_workers_that_compile_at_the_same_time_leave_a_whole_cache(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    cache = cache_with_kernel(tmp_path)
    kernel = set(cache.iterdir())
    with machines(tmp_path, 0) as found:
        found.join(2, NARVARD_CACHE=str(cache))
        found.wait()
        both = dict(spread(partial(compiled, tmp_path / "work"), range(2), Where(cluster=found.address)))
    assert both == {0: [42], 1: [42]}
    made = set(cache.iterdir()) - kernel
    assert [path for path in made if path.suffix == ".step"]
    assert not [path for path in made if path.suffix == ".tmp"]
    assert all(get(path) is not None for path in made if path.suffix in {".step", ".code"})
