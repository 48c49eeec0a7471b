"""What may be concluded is said, and nothing more."""

from __future__ import annotations

from pathlib import Path

from sim.report.conclusions import sentences
from sim.report.numbers import plain
from sim.report.result import read
from tests.report.synthetic import write_folder

NEEDED = ("hospital_days", "labelled_days", "labelled_share", "preventable_days", "deaths", "cost_region_sek")


def told(folder: Path, **options: object) -> str:
    return plain("\n".join(sentences(read(write_folder(folder, only=NEEDED, **options)))))  # type: ignore[arg-type]


def test_fewer_days(tmp_path: Path) -> None:
    text = told(tmp_path, effect=-0.1, noise=0.001, replications=12)
    assert "fewer days in hospital" in text
    assert "were truly avoided" in text
    assert "Cost to the region was lower by 20" in text
    assert "intervals themselves are uncertain" not in text


def test_more_days(tmp_path: Path) -> None:
    text = told(tmp_path, effect=0.1, noise=0.001)
    assert "more days in hospital" in text
    assert "none were truly avoided, since days rose" in text
    assert "Deaths were higher by" in text
    assert "With only 4 replications" in text


def test_chance_is_not_mistaken_for_an_effect(tmp_path: Path) -> None:
    text = told(tmp_path, effect=0.0, noise=0.05, replications=12)
    assert "No difference in hospital days between current and coordinated governance can be told apart" in text
    assert "from chance at 12 replications" in text
    assert "cannot be told apart from none" in text
    assert "No difference in deaths can be told apart from chance" in text


def test_one_replication_concludes_nothing(tmp_path: Path) -> None:
    text = told(tmp_path, replications=1)
    assert "One replication says nothing about chance" in text
    assert "fewer" not in text
    assert "cannot be told apart from none" in text


def test_equal_arms_are_said_to_be_equal(tmp_path: Path) -> None:
    text = told(tmp_path, effect=0.0, noise=0.0)
    assert "exactly the same under current and coordinated governance in all 4 replications" in text


def test_a_run_describes_one_governance(tmp_path: Path) -> None:
    text = told(tmp_path, governances=("local_care",))
    assert "Under local care governance people spent" in text
    assert "takes a comparison of two governances" in text
