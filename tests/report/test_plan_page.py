"""The report of a plan: page, PDF and workbook say what its tables say, in both languages."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from matplotlib.text import Text
from pypdf import PdfReader

from sim.cli import INVALID, main
from sim.report import plan_words, plan_words_sv, plans
from sim.report.language import LANGUAGES, spoken
from sim.report.numbers import number
from sim.report.plan_answer import sentences
from sim.report.plan_page import write, write_pdf
from sim.report.plan_workbook import write_plan_workbook
from sim.report.planned import MILLION, PlanResult, read
from tests.planning.tiny import PLAN, scenario_of
from tests.report.test_language import english_left, fields, shape, strings, texts
from tests.report.test_page import reading

pytestmark = pytest.mark.unit

NAMES = sorted(name for name in vars(plan_words) if name.isupper())
VARIED = PLAN + "resources.home_nurse.vannas.evening = [1, 2]\n[plan.prices]\nhome_nurse = 450\n"
SAME = {"tiny", "SEK"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan that ran over an ensemble, told in English."""
    made = tmp_path_factory.mktemp("plan")
    scenario_of(made, VARIED)
    (made / "sets.csv").write_text("set,needs.preventable_share\n0,0.05\n1,0.1\n2,0.12\n", encoding="utf-8")
    options = ["--ensemble", str(made / "sets.csv"), "--pdf", "--xlsx", "--workers", "1", "--out", str(made / "out")]
    assert main(["plan", str(made / "tiny.toml"), *options]) == 0
    return made / "out"


@pytest.fixture(scope="module")
def plan(folder: Path) -> PlanResult:
    return read(folder)


# --- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_every_word_with_the_same_places_to_fill_in(name: str) -> None:
    assert shape(getattr(plan_words_sv, name)) == shape(getattr(plan_words, name))


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"COMMAND", "LEVEL"}))
def test_no_word_was_left_in_english(name: str) -> None:
    english = {text for text in strings(getattr(plan_words, name)) if " " in text}
    assert not english & set(strings(getattr(plan_words_sv, name)))


def test_every_word_that_a_room_asks_for_is_there() -> None:
    for path in (*Path(plans.__file__).parent.glob("plan*.py"), Path(plans.__file__).parents[1] / "cli" / "plan.py"):
        for name in re.findall(r"\bplan_words\.([A-Z_]+)\b", path.read_text(encoding="utf-8")):
            assert hasattr(plan_words, name), (path.name, name)
            assert hasattr(plan_words_sv, name), (path.name, name)


def test_sentences_leave_nothing_to_fill_in(plan: PlanResult) -> None:
    for code in LANGUAGES:
        with spoken(code):
            assert not any(fields(text) for text in sentences(plan))


# --- names --------------------------------------------------------------------------------------------------------


def test_variables_and_values_are_called_as_people_call_them(plan: PlanResult) -> None:
    assert plan.label("mobile_team.doctors.surrounding") == "Mobile-team doctors, Surrounding"
    assert plan.label("mobile_team.doctors.vannas") == "Mobile-team doctors, Vännäs"
    assert plan.label("resources.home_nurse.vannas.evening") == "Home nursing, unplanned, Vännäs, evening"
    assert plan.label("staffing.factor.gp") == "Health-centre doctor, factor"
    assert plan.label("weekend_rota") == "weekend rota"
    assert plan.value("mobile_team.closes_hour", 20) == "20:00"
    assert plan.value("mobile_team.doctors.surrounding", "4") == "4"
    assert plan.value("anything", "true") == "yes"
    with spoken("sv"):
        assert plan.label("resources.home_nurse.vannas.evening") == "Hemsjukvård, oplanerat, Vännäs, kväll"
        assert plan.value("mobile_team.closes_hour", "20") == "20.00"
        assert plan.value("mobile_team.weekends", False) == "nej"


# --- page ---------------------------------------------------------------------------------------------------------


def test_the_page_has_its_parts_and_needs_nothing_else(folder: Path) -> None:
    page = reading(folder / "report.html")
    heads = ("The question", "The answer", "What it costs", "One more", "Bottlenecks", "Who pays", "Assumptions")
    assert all(head in page.text for head in (*heads, "What this does not show", "Do it again", "Prices"))
    links = [given["href"] or "" for tag, given in page.tags if tag == "a" and "href" in given]
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert len(ids) == len(set(ids))
    images = [given for tag, given in page.tags if tag == "img"]
    assert len(images) == len(plans.PICTURES)
    assert all((one["src"] or "").startswith("data:") and one["alt"] for one in images)
    assert not [tag for tag, _ in page.tags if tag in ("script", "link")]


def test_the_page_says_what_the_tables_say(folder: Path, plan: PlanResult) -> None:
    text = reading(folder / "report.html").text
    made = plan.about["selection"]
    assert f"It avoids {number(made['days_avoided']['mean'], 0)} " in text
    assert f"SEK {number(made['cost_sek'] / MILLION, 1)} million a year in staff" in text
    for row in pd.read_csv(folder / "budget.csv").itertuples():
        assert f"{number(row.net_sek / MILLION, 1, sign=True)}" in text
    assert "Over 3 parameter sets" in text
    assert "Home nursing, unplanned 450" in text
    for row in plan.ways:
        assert row["days_avoided"]


def test_the_answer_says_pay_or_save_as_the_sign_is(plan: PlanResult) -> None:
    told = sentences(plan)[1]
    for name, verb in (("net_region_sek", "the region"), ("net_municipalities_sek", "the municipalities")):
        word = re.search(rf"{verb} (pay|save)", told)
        assert word is not None
        assert (word[1] == "pay") == (plan.about["selection"][name]["mean"] > 0)


def test_the_page_is_the_same_bytes_again_and_sources_may_be_missing(folder: Path, tmp_path: Path) -> None:
    first = (folder / "report.html").read_bytes()
    for name in ("plan.json", "plan.csv", "marginal.csv", "bottlenecks.csv", "budget.csv", "robustness.csv"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    write(tmp_path)
    page = reading(tmp_path / "report.html")
    assert "narvard sources tiny.toml" in page.text
    assert "Prices" not in page.text.partition("What this does not show")[0].partition("The answer")[2][:400]
    (tmp_path / "sources.csv").write_bytes((folder / "sources.csv").read_bytes())
    write(tmp_path)
    assert (tmp_path / "report.html").read_bytes() == first


def test_a_plan_without_an_ensemble_says_so_and_drops_the_figure(folder: Path, tmp_path: Path) -> None:
    for name in ("plan.csv", "marginal.csv", "bottlenecks.csv", "budget.csv"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    about = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    (tmp_path / "plan.json").write_text(json.dumps(about | {"robustness": None}), encoding="utf-8")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "robustness.png").write_bytes(b"of an earlier one")
    write(tmp_path)
    assert "Add --ensemble" in reading(tmp_path / "report.html").text
    assert not (tmp_path / "figures" / "robustness.png").exists()


def test_a_folder_of_something_else_is_refused(folder: Path, tmp_path: Path) -> None:
    for path in folder.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "plan.json").write_text("{}", encoding="utf-8")
    with pytest.raises(OSError, match="not those of a result"):
        write(tmp_path)
    assert main(["show", str(tmp_path)]) == INVALID


# --- figures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(plans.PICTURES))
def test_every_axis_of_a_figure_says_what_it_is(name: str, plan: PlanResult) -> None:
    figure = plans.figures(plan)[name]
    panels = figure.axes
    assert all(axes.get_xlabel() for axes in panels if not axes.get_shared_x_axes().get_siblings(axes)[1:])
    assert any(axes.get_xlabel() for axes in panels)


@pytest.mark.parametrize("name", sorted(plans.PICTURES))
def test_no_english_is_left_in_a_swedish_figure(name: str, plan: PlanResult) -> None:
    with spoken("sv"):
        figure = plans.figures(plan)[name]
        figure.canvas.draw()
        found = {one.get_text() for one in figure.findobj(Text) if one.get_text()}
    told = {text.replace(plan.about["title"], "") for text in found}
    assert {text: word for text in told if (word := english_left(text))} == {}
    assert not [text for text in found if re.search(r"\d,\d{3}\b", text)], "numbers as in English"


def test_the_frontier_figure_has_every_way_that_was_run(plan: PlanResult) -> None:
    axes = plans.figures(plan)["frontier"].axes[0]
    drawn = {tuple(place) for line in axes.lines for place in np.asarray(line.get_xydata()).tolist()}
    for row in plan.run:
        assert (float(row["cost_sek"]) / MILLION, float(row["days_placed"])) in drawn


# --- Swedish, PDF, workbook, commands -----------------------------------------------------------------------------


def test_no_english_is_left_on_a_swedish_page(folder: Path, tmp_path: Path, plan: PlanResult) -> None:
    for path in folder.glob("*.[cj]s*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    write(tmp_path, language="sv")
    said = texts(tmp_path / "report.html")
    known = {row[name] for row in plan.sources for name in ("parameter", "unit", "source")}
    known |= {one for row in plan.sources for one in row["source"].split(";")}
    left = {
        text: word
        for text in said - known
        if (word := english_left(text.replace(plan.about["title"], ""))) and not re.fullmatch(r"[\w., ]*\.\w+.*", text)
    }
    assert left == {}
    assert dict(reading(tmp_path / "report.html").tags)["html"] == {"lang": "sv"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_pdf_says_what_the_page_says(folder: Path, tmp_path: Path, code: str) -> None:
    for path in folder.glob("*.[cj]s*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    pages = PdfReader(io.BytesIO(write_pdf(tmp_path, language=code).read_bytes())).pages
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    with spoken(code):
        plan = read(tmp_path)
        assert re.sub(r"\s+", " ", sentences(plan)[0])[:60] in text
        assert {"en": "Who pays and who saves", "sv": "Vem betalar och vem sparar"}[code] in text


def test_the_workbook_has_a_sheet_for_each_table(folder: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(folder / "result.xlsx")
    tables = ["designs", "marginal", "bottlenecks", "budget", "robustness", "sources"]
    assert book.sheetnames == ["readme", "answer", *tables]
    head, *rows = book["designs"].iter_rows(values_only=True)
    table = pd.read_csv(folder / "plan.csv")
    assert len(rows) == len(table)
    assert [row[head.index("cost_sek")] for row in rows] == pytest.approx(table.cost_sek.tolist())
    explained = {(row[0], row[1]) for row in book["readme"].iter_rows(values_only=True)}
    for name in ("designs", "marginal", "bottlenecks", "budget", "robustness"):
        for cell in next(book[name].iter_rows(values_only=True)):
            assert (name, cell) in explained
    swedish = openpyxl.load_workbook(write_plan_workbook(folder, tmp_path / "sv.xlsx", language="sv"))
    assert swedish.sheetnames[:3] == ["läs mig", "svar", "alternativ"]


def test_show_tells_a_plan_again_in_another_language(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in folder.glob("*.[cj]s*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert main(["show", str(tmp_path)]) == 0
    assert "The efficient frontier" in capsys.readouterr().out
    assert not (tmp_path / "report.html").exists()
    assert main(["show", str(tmp_path), "--report", "--pdf", "--xlsx", "--language", "sv"]) == 0
    out = capsys.readouterr().out
    assert "Den effektiva fronten" in out
    assert all(f"written: {tmp_path / name}" in out for name in ("report.html", "report.pdf", "result.xlsx"))
    assert "Vem betalar" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert main(["show", str(tmp_path.parent)]) == 0, "the newest of several"


@pytest.mark.parametrize("words", [["reproduce"], ["rerun", "--replication", "0"]])
def test_commands_that_need_records_refuse_a_plan(
    words: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([words[0], str(folder), *words[1:]]) == INVALID
    assert "holds a plan" in capsys.readouterr().err
