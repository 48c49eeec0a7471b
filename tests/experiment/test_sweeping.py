"""Sweeps: every point is what a comparison of its own would be, and nothing is lost or different on the way."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cli import INVALID, main
from sim.report.numbers import between, decimals, plain
from sim.runs.packing import Damaged
from sim.runs.result_folder import OtherExperiment
from sim.runs.store import RunStore
from sim.scenario.keys import resolve
from sim.statistics.over_points import crossed_half_width
from sim.sweeps.sweep_archive import PART, Part
from sim.sweeps.sweep_folder import write_sweep
from sim.sweeps.sweep_plan import SWEPT
from tests.experiment.test_cluster import machines

TINY = """
extends = "shipped:vannas"
name = "tiny"
title = "A tiny one"

[time]
warm_up_days = 10
pre_period_days = 10
follow_up_days = 30
"""
DOCTORS = "governance.coordinated.mobile_team.doctors.surrounding"
RATE = "needs.deterioration_per_year.most_ill"
VARY = {DOCTORS: [1, 4], RATE: [2.0, 4.0]}
OPTIONS = ["--vary", f"{DOCTORS}=1,4", "--vary", f"{RATE}=2,4", "--replications", "2", "--seed", "5"]
OTHERS = ("figures", "replications", "region", "provenance.json", "ro-crate-metadata.json")
DETERMINISTIC = ("sweep.csv", "design.csv", "sweep.json", "experiment.json")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "tiny.toml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def scenario(path: Path) -> sim.Scenario:
    return sim.load(path)


@pytest.fixture(scope="module")
def done(scenario: sim.Scenario) -> sim.Sweep:
    return sim.sweep(scenario, VARY, replications=2, seed=5, workers=1)


@pytest.fixture(scope="module")
def folder(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("swept")
    assert main(["sweep", str(path), *OPTIONS, "--workers", "2", "--out", str(folder)]) == 0
    return folder


def test_every_point_is_what_a_comparison_of_its_own_is(scenario: sim.Scenario, done: sim.Sweep) -> None:
    for point, values in enumerate(done.plan.design.points):
        alone = sim.compare(scenario.with_keys(done.plan.design.changes(point)), replications=2, seed=5, workers=1)
        compared = {d.outcome: d for d in alone.differences() if set(d.margin) == {"all"}}
        cells = {(c.governance, c.outcome): c for c in done.cells(point)}
        assert cells
        for (governance, outcome), cell in cells.items():
            one = compared[outcome]
            if governance == "difference":
                assert (cell.mean, cell.low, cell.high) == pytest.approx(
                    (one.difference, one.low, one.high), nan_ok=True
                )
        for g, governance in enumerate(done.plan.governances):
            tables = alone.tables(governance)
            for name in ("hospital_days", "deaths", "cost_total_sek", "emergency_time_median", "ready_days"):
                group, arms = done.plan.places[point]
                column = done.values(name)[point, g]
                assert column.tolist() == [table.value(name) for table in tables], (values, name)
                assert done.parts(group, 0).digests[arms[g]] == alone.digests(governance)[0]


@pytest.mark.verify
def test_the_reference_engine_says_the_same(scenario: sim.Scenario) -> None:
    vary = {DOCTORS: [1, 4]}
    compiled, reference = (
        sim.sweep(scenario, vary, replications=1, seed=5, engine=engine, workers=1) for engine in ("compiled", "simpy")
    )
    pd.testing.assert_frame_equal(compiled.frame(), reference.frame())
    assert compiled.parts(0, 0).digests == reference.parts(0, 0).digests


def test_the_frame_is_tidy(done: sim.Sweep) -> None:
    frame = done.frame()
    assert list(frame.columns) == [
        "point",
        *(DOCTORS, RATE),
        *("governance", "outcome", "mean", "low", "high", "sd", "replications"),
        *("change", "change_low", "change_high", "unit"),
    ]
    assert not frame.duplicated(["point", "governance", "outcome"]).any()
    days = frame[frame.outcome == "hospital_days"].pivot(index="point", columns="governance", values="mean")
    assert days.difference.to_numpy() == pytest.approx((days.coordinated - days.current).to_numpy())
    assert days.current.nunique() == 2  # depends on the rate, and not on another governance's levers
    assert not {"hospital_days_direct", "hospital_days_spillover"} & set(frame.outcome)


def test_main_effects_are_means_over_points(done: sim.Sweep) -> None:
    values = done.values("hospital_days")  # points, governances, replications
    effects = {(e.key, e.value, e.cell.governance): e for e in done.effects("hospital_days")}
    assert len(effects) == 2 * 2 * 3
    effect = effects[RATE, 4.0, "difference"]
    chosen = values[[1, 3], 2].mean(axis=0)
    assert (effect.points, effect.cell.replications) == (2, 2)
    assert effect.cell.mean == pytest.approx(chosen.mean())
    half = 12.706204736 * chosen.std(ddof=1) / math.sqrt(2)  # t with one degree of freedom
    assert (effect.cell.low, effect.cell.high) == pytest.approx((chosen.mean() - half, chosen.mean() + half))


def test_a_change_is_paired_with_the_reference(done: sim.Sweep) -> None:
    assert (done.plan.reference.point, done.plan.reference.own) == (0, False)
    values = done.values("hospital_days")  # points, governances and difference, replications
    for g, governance in enumerate(done.governances):  # of `difference` too, which makes it a difference of differences
        pairs = values[3, g] - values[0, g]
        half = 12.706204736 * pairs.std(ddof=1) / math.sqrt(2)  # t with one degree of freedom
        change = done.change(3, governance, "hospital_days")
        assert (change.mean, change.replications) == (pytest.approx(pairs.mean()), 2)
        assert (change.low, change.high) == pytest.approx((pairs.mean() - half, pairs.mean() + half))
        assert change.mean != 0
    frame = done.frame().set_index(["point", "governance", "outcome"])
    assert frame.loc[0, ["change", "change_low", "change_high"]].isna().all(axis=None)
    assert frame.loc[(3, "difference", "hospital_days"), "change"] == pytest.approx(pairs.mean())
    # Only a lever of another governance differs between points 0 and 2: the same arm, and no chance left.
    assert tuple(frame.loc[(2, "current", "hospital_days"), ["change", "change_low", "change_high"]]) == (0, 0, 0)


def test_the_reference_has_the_scenarios_own_values_if_it_can(scenario: sim.Scenario, tmp_path: Path) -> None:
    own = (
        float(str(resolve(scenario, "needs.preventable_share").value)) + 1e-13
    )  # as a table of ten digits would not hold it
    table = tmp_path / "points.csv"
    table.write_text(f"needs.preventable_share\n0.11\n{own!r}\n", encoding="utf-8")
    swept = sim.sweep(scenario, points=table, governances="current", replications=2, workers=1)
    assert (swept.plan.reference.point, swept.plan.reference.own) == (1, True)
    write_sweep(swept, tmp_path / "out")
    about = json.loads((tmp_path / "out" / "sweep.json").read_text(encoding="utf-8"))
    assert about["reference"] == {"point": 1, "own": True, "contrasts": 1}
    written = pd.read_csv(tmp_path / "out" / "sweep.csv").dropna(subset="mean")
    days = written[written.outcome == "hospital_days"].set_index("point")
    assert days.change[0] == pytest.approx(days["mean"][0] - days["mean"][1])
    assert days.loc[1, ["change", "change_low", "change_high"]].isna().all()


def test_points_of_a_table_give_effects_without_interval(scenario: sim.Scenario, tmp_path: Path) -> None:
    table = tmp_path / "points.csv"
    rows = [(1, 2.0), (1, 2.5), (4, 3.0), (4, 3.5)]  # doctors and rate go together
    table.write_text(f"{DOCTORS},{RATE}\n" + "".join(f"{a},{b}\n" for a, b in rows), encoding="utf-8")
    swept = sim.sweep(scenario, points=table, replications=2, workers=1)
    effects = swept.effects("hospital_days")
    assert {effect.key for effect in effects} == {DOCTORS}
    assert all(math.isfinite(e.cell.mean) and math.isnan(e.cell.low) and math.isnan(e.cell.high) for e in effects)
    write_sweep(swept, tmp_path / "out")
    about = json.loads((tmp_path / "out" / "sweep.json").read_text(encoding="utf-8"))
    assert about["effect_intervals"] is None
    together = about["columns_together"]
    assert (together["first"], together["second"]) == (DOCTORS, RATE)
    assert together["correlation"] == pytest.approx(2 / math.sqrt(5), abs=1e-9)  # ranks 1.5 1.5 3.5 3.5 and 1 2 3 4
    assert "rank correlation 0.89" in together["note"]


def test_effects_of_a_hypercube_have_intervals_over_points_too(scenario: sim.Scenario) -> None:
    vary = {DOCTORS: [1, 4], RATE: {"low": 1.0, "high": 8.0}}
    swept = sim.sweep(scenario, vary, latin_hypercube=8, replications=2, workers=1, governances="coordinated")
    values = swept.values("hospital_days")[:, 0]
    chosen = np.array([point[0] == 4 for point in swept.plan.design.points])
    effect = next(e for e in swept.effects("hospital_days") if e.key == DOCTORS and e.value == 4)
    half = crossed_half_width(values[chosen])
    assert (effect.points, effect.cell.mean) == (4, pytest.approx(values[chosen].mean()))
    assert (effect.cell.high - effect.cell.low) / 2 == pytest.approx(half)


def test_an_effect_is_of_points_that_have_a_value_in_every_replication(done: sim.Sweep) -> None:
    def holed(group: int, number: int) -> Part:
        part = done.parts(group, number)
        totals = part.totals.copy()
        if (group, number) == (0, 1):
            totals[-1, SWEPT.index("hospital_days")] = np.nan  # the arm of one governance at one point
        return Part(part.group, part.number, totals, part.digests)

    swept = sim.Sweep(done.plan, done.engine, holed, done.where)
    (point,) = (n for n, row in enumerate(swept.values("hospital_days")) if np.isnan(row).any())
    lost = done.plan.design.points[point]
    whole = [n for n, one in enumerate(done.plan.design.points) if one[0] == lost[0] and n != point]
    for g, governance in enumerate(done.governances):
        (effect,) = (
            e
            for e in swept.effects("hospital_days")
            if (e.key, e.value, e.cell.governance) == (DOCTORS, lost[0], governance)
        )
        assert effect.points == 1
        assert effect.cell.mean == pytest.approx(done.values("hospital_days")[whole, g].mean())


def test_the_command_writes_the_whole_folder(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {*DETERMINISTIC, *OTHERS}
    names = {path.name for path in (folder / "figures").iterdir()}
    assert names == {
        f"{kind}-hospital_days.{form}" for kind in ("effects", "map", "tornado") for form in ("png", "svg")
    }
    assert len(list((folder / "replications").iterdir())) == 4  # two pasts, two replications
    assert not list(folder.rglob("*.part"))


def test_the_files_say_what_python_says(folder: Path, done: sim.Sweep) -> None:
    written = pd.read_csv(folder / "sweep.csv")
    pd.testing.assert_frame_equal(written, done.frame(), check_dtype=False, check_exact=False, rtol=1e-9)
    design = pd.read_csv(folder / "design.csv")
    assert design[[DOCTORS, RATE]].to_numpy().tolist() == [list(point) for point in done.plan.design.points]
    about = json.loads((folder / "sweep.json").read_text(encoding="utf-8"))
    assert (about["points"], about["pasts"], about["arms"]) == (4, 2, 6)
    assert len(about["effects"]) == 12
    assert about["reference"] == {"point": 0, "own": False, "contrasts": 3}
    assert (about["effect_intervals"], about["columns_together"]) == ("replications", None)


@pytest.mark.parametrize("workers", ["1", "4"])
def test_the_same_bytes_for_any_number_of_workers(path: Path, folder: Path, tmp_path: Path, workers: str) -> None:
    assert main(["sweep", str(path), *OPTIONS, "--workers", workers, "--out", str(tmp_path)]) == 0
    for name in (*DETERMINISTIC, *(f"replications/{file.name}" for file in (folder / "replications").iterdir())):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name
    for file in (folder / "figures").iterdir():
        assert (tmp_path / "figures" / file.name).read_bytes() == file.read_bytes(), file.name


def test_more_replications_continue_a_sweep(
    scenario: sim.Scenario, done: sim.Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim.sweep(scenario, VARY, replications=1, seed=5, archive=tmp_path, workers=1)
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "replications").iterdir()}
    more = sim.sweep(scenario, VARY, replications=2, seed=5, archive=tmp_path, workers=1)
    assert {file: file.stat().st_mtime_ns for file in before} == before
    pd.testing.assert_frame_equal(more.frame(), done.frame())


def test_a_damaged_part_is_run_again(scenario: sim.Scenario, done: sim.Sweep, tmp_path: Path) -> None:
    sim.sweep(scenario, VARY, replications=2, seed=5, archive=tmp_path, workers=1)
    files = sorted((tmp_path / "replications").iterdir())
    good = [file.read_bytes() for file in files]
    files[0].write_bytes(good[0][: len(good[0]) // 2])
    files[1].write_bytes(good[0])  # of another group
    broken = bytearray(good[2])
    broken[len(broken) // 2] ^= 0xFF
    files[2].write_bytes(broken)
    again = sim.sweep(scenario, VARY, replications=2, seed=5, archive=str(tmp_path), workers=1)
    pd.testing.assert_frame_equal(again.frame(), done.frame())
    assert [file.read_bytes() for file in files] == good


def test_another_sweep_in_the_folder_is_refused(path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "sweep.json").read_bytes()
    arguments = ["sweep", str(path), "--vary", f"{DOCTORS}=1,5", "--replications", "1", "--out", str(folder)]
    assert main(arguments) == INVALID
    assert "holds another experiment" in capsys.readouterr().err
    assert (folder / "sweep.json").read_bytes() == before
    with pytest.raises(OtherExperiment):
        sim.sweep(sim.load(path), {DOCTORS: [1, 5]}, replications=1, archive=folder)


def test_an_interrupt_keeps_what_is_finished(
    path: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put, done = RunStore.put, []

    def interrupted(self: RunStore[Any, Any], part: object) -> None:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(part)
        put(self, part)  # type: ignore[arg-type]

    monkeypatch.setattr(RunStore, "put", interrupted)
    arguments = ["sweep", str(path), *OPTIONS, "--workers", "2", "--out", str(tmp_path)]
    assert main(arguments) == 130
    assert f"interrupted: 2 of 4 parts are kept in {tmp_path}; the same command goes on" in capsys.readouterr().err
    assert not (tmp_path / "sweep.csv").exists()
    monkeypatch.setattr(RunStore, "put", put)
    assert main(arguments) == 0
    assert "2 of 4 parts are there already" in capsys.readouterr().err
    assert (tmp_path / "sweep.csv").read_bytes() == (folder / "sweep.csv").read_bytes()


def test_a_killed_sweep_goes_on(path: Path, folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim.cli", "sweep", str(path), *OPTIONS, "--workers", "1", "--out", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 300
    while not list((tmp_path / "replications").glob("*.npz")) and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert list((tmp_path / "replications").glob("*.npz"))
    assert main([*command[3:]]) == 0
    for name in DETERMINISTIC:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_a_full_disk_is_told_and_what_is_finished_stays(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sim.runs.store as module

    put, written = module.put, []

    def full(path: Path, content: bytes) -> Path:
        if written:
            raise OSError(28, "No space left on device", str(path))
        written.append(path)
        return put(path, content)

    monkeypatch.setattr(module, "put", full)
    arguments = ["sweep", str(path), *OPTIONS, "--workers", "1", "--out", str(tmp_path)]
    assert main(arguments) == INVALID
    told = capsys.readouterr().err.splitlines()[-1]
    assert "No space left on device; 1 of 4 parts" in told
    assert not (tmp_path / "sweep.csv").exists()


def test_one_governance_has_levels_alone(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--vary", f"{RATE}=2:4", "--latin-hypercube", "5", "--governance", "current", "--replications", "1"]
    assert main(["sweep", str(path), *arguments, "--out", str(tmp_path)]) == 0
    table = pd.read_csv(tmp_path / "sweep.csv")
    assert set(table.governance) == {"current"}
    assert table.low.isna().all()  # one replication has no interval
    about = json.loads((tmp_path / "sweep.json").read_text(encoding="utf-8"))
    (rank,) = about["rank_correlations"]
    assert (rank["points"], rank["low"], rank["high"], rank["partial"]) == (5, None, None, None)
    assert {file.stem for file in (tmp_path / "figures").iterdir()} == {"scatter-hospital_days"}
    assert "deterioration_per_year.most_ill" in capsys.readouterr().out


def test_wrong_options_are_all_told_and_nothing_is_made(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["sweep", str(path), "--vary", f"{DOCTORS}=-1", "--vary", "beds.medicin=2", "--governance", "x"]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == INVALID
    assert capsys.readouterr().err.splitlines() == [
        "--governance: 'x' given, one of current, coordinated needed",
        f"--vary: {DOCTORS}: -1 given, at least 0 needed",
        "--vary: beds.medicin: unknown key, did you mean 'beds.medicine'?",
    ]
    assert not (tmp_path / "out").exists()


def test_a_key_given_twice_is_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", str(path), "--vary", f"{RATE}=2", "--vary", f"{RATE}=3"]) == INVALID
    assert capsys.readouterr().err == f"--vary: {RATE}: given twice\n"


def test_reproduce_says_equal_or_what_differs(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    assert main(["reproduce", str(copy)]) == 0
    assert "2 replications run again, equal: 4 of 4 parts, sweep.json, sweep.csv, design.csv" in capsys.readouterr().out
    text = (copy / "sweep.csv").read_text(encoding="utf-8").splitlines()
    cells = text[1].split(",")
    assert cells[3:5] == ["current", "hospital_days"]
    text[1] = ",".join([*cells[:5], "1", *cells[6:]])
    (copy / "sweep.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    part = copy / "replications" / "0001-group-00001.npz"
    part.write_bytes(part.read_bytes()[:100])
    assert main(["reproduce", str(copy), "--workers", "2"]) == 1
    told = capsys.readouterr().out
    assert f"differs: sweep.csv, line 2 (0, current, hospital_days): mean 1 then, {cells[5]} now" in told
    assert f"differs: {part}: damaged" in told


def test_reproduce_needs_nothing_but_the_folder(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        path.read_text(encoding="utf-8") + f'\n[sweep]\nvary."{RATE}" = [2, 4]\nreplications = 1\n', encoding="utf-8"
    )
    assert main(["sweep", str(own), "--out", str(tmp_path / "out")]) == 0
    own.unlink()
    shutil.rmtree(tmp_path / "out" / "replications")
    assert main(["reproduce", str(tmp_path / "out")]) == 0
    assert "equal: 0 of 2 parts, sweep.json" in capsys.readouterr().out


def test_show_shows_a_sweep_again(folder: Path, done: sim.Sweep, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Hospital days, difference"
    assert lines[1].split()[:3] == ["point", "doctors.surrounding", "deterioration_per_year.most_ill"]
    assert [line.split()[:3] for line in lines[2:6]] == [
        ["0", "1", "2"],
        ["1", "1", "4"],
        ["2", "4", "2"],
        ["3", "4", "4"],
    ]
    assert "reference" in lines[2]
    frame = done.frame().set_index(["point", "governance", "outcome"])
    change, low, high = frame.loc[(3, "difference", "hospital_days"), ["change", "change_low", "change_high"]]
    assert plain(between(low, high, decimals(change, low, high), sign=True)) in lines[5]
    assert lines[6].startswith("change from point 0, the first of the points: paired; 3 such changes")


def test_another_kind_of_experiment_takes_the_place_of_a_sweep(path: Path, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "mine.txt").write_text("mine", encoding="utf-8")
    arguments = ["run", str(path), "--replications", "1", "--out", str(copy)]
    assert main(arguments) == INVALID
    assert main([*arguments, "--replace"]) == 0
    assert not any((copy / name).exists() for name in ("sweep.json", "sweep.csv", "design.csv"))
    assert (copy / "mine.txt").exists()
    assert main(["sweep", str(path), *OPTIONS, "--out", str(copy), "--replace"]) == 0
    assert not (copy / "result.json").exists()


def test_records_of_a_sweep_are_not_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rerun", str(folder), "--replication", "0"]) == INVALID
    assert "holds a sweep, whose records are not kept" in capsys.readouterr().err


def test_a_plan_changed_by_hand_is_told(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    about = json.loads((copy / "experiment.json").read_text(encoding="utf-8"))
    about["asked"]["sweep"]["points"][0][1] = 2.5
    (copy / "experiment.json").write_text(json.dumps(about), encoding="utf-8")
    assert main(["reproduce", str(copy)]) == INVALID
    assert "it was changed by hand" in capsys.readouterr().err


@pytest.mark.verify
def test_the_same_bytes_on_a_cluster_that_loses_a_worker(scenario: sim.Scenario, folder: Path, tmp_path: Path) -> None:
    with machines(tmp_path, 2) as found:

        def kill(number: int, share: float) -> None:
            if share == 1.0:  # as soon as one part is done
                found.workers[0].kill()

        out = tmp_path / "there"
        write_sweep(
            sim.sweep(scenario, VARY, replications=2, seed=5, archive=out, cluster=found.address, progress=kill), out
        )
    for name in (*DETERMINISTIC, *(f"replications/{file.name}" for file in (folder / "replications").iterdir())):
        assert (out / name).read_bytes() == (folder / name).read_bytes(), name


def test_no_damage_of_a_part_goes_unseen(tmp_path: Path) -> None:
    archive = RunStore(tmp_path, "d" * 64, PART)
    (tmp_path / "replications").mkdir()
    part = Part(0, 0, np.random.default_rng(1).random((2, 5)), ("a" * 64, "b" * 64))
    archive.put(part)
    path = archive.path((0, 0))
    good = path.read_bytes()
    assert np.array_equal(archive.get((0, 0)).totals, part.totals)
    for place in range(len(good)):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x41]) + good[place + 1 :])
        try:
            found = archive.get((0, 0))
        except Damaged:
            continue
        assert np.array_equal(found.totals, part.totals), place  # in what nobody reads
        assert found.digests == part.digests


def test_a_lever_of_current_changes_the_past_too(scenario: sim.Scenario) -> None:
    key = "governance.current.access.phone_staff_factor"
    swept = sim.sweep(scenario, {key: [0.2, 2.0]}, governances=["coordinated"], replications=1, seed=5, workers=1)
    for point, value in enumerate((0.2, 2.0)):
        alone = sim.run(scenario.with_keys({key: value}), "coordinated", seed=5)
        group, (arm,) = swept.plan.places[point]
        assert swept.parts(group, 0).digests[arm] == alone.digests("coordinated")[0]
    assert swept.parts(0, 0).digests != swept.parts(1, 0).digests  # though `coordinated` itself is the same


def test_the_length_of_the_follow_up_may_vary(scenario: sim.Scenario) -> None:
    swept = sim.sweep(scenario, {"time.follow_up_days": [30, 40]}, governances="current", replications=1, workers=1)
    years = swept.values("person_years")[:, 0, 0]
    assert years[1] / years[0] == pytest.approx(40 / 30, rel=0.01)


WAIT = "wait_homecoming_mean"
ACTIVE = "governance.coordinated.homecoming.active"


@pytest.mark.parametrize(
    ("vary", "missing"),
    [
        ((f"{ACTIVE}=true,false",), {1}),
        ((f"{ACTIVE}=false,true",), {0}),
        (("governance.coordinated.homecoming.staff.vannas=0,1,2",), {0}),
        ((f"{ACTIVE}=true,false", "beds.medicine=12,15"), {2, 3}),
        (("beds.medicine=12,15", "governance.coordinated.homecoming.staff.vannas=0.0,0.0001"), {0, 1, 2, 3}),
    ],
)
def test_points_without_an_outcome_stand_in_the_table_with_a_dash(
    vary: tuple[str, ...], missing: set[int], path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = [word for key in vary for word in ("--vary", key)]
    arguments = ["sweep", str(path), "--governance", "coordinated", *keys, "--on", WAIT, "--replications", "2"]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out
    table = pd.read_csv(tmp_path / "out" / "sweep.csv")
    mine = table[(table.outcome == WAIT) & (table.governance == "coordinated")]
    assert sorted(mine.point) == list(range(len(pd.read_csv(tmp_path / "out" / "design.csv"))))
    assert set(mine[mine["mean"].isna()].point) == missing
    lines = [line for line in shown.splitlines() if line[:1].isdigit()]
    assert {int(line.split()[0]) for line in lines if "\u2013" in line.split()[1 + len(vary)]} == missing
    assert ("No point has this outcome" in shown) == (len(missing) == len(mine))
    assert bool(list((tmp_path / "out" / "figures").glob("*.png"))) == (len(missing) < len(mine))
