"""The page of stories: every sentence in both languages, every story on the page, figures that can be drawn."""

from __future__ import annotations

import re
import string
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from sim.cli import INVALID, main
from sim.eventlog.moments import ASSESSING, PLAIN, STEPS, Length, Moment
from sim.experiment.telling import Arms, Choice, common, simulated, tell
from sim.report.canvas import KINDS
from sim.report.story_figure import PLACE_COLOURS, timeline
from sim.report.story_text import parts
from sim.report.story_words import CODES, LANES, LANGUAGES, SENTENCES, TAILS, Language
from sim.scenario import load
from sim.vocabulary import DAY, HOUR, MINUTE, Detection, Diagnosis, Kind, Level, NeedType, Place
from tests.experiment.tiny import TINY

FACTS = {"wait", "length", "delay", "need", "level", "diagnosis", "by", "step", "ward", "place", "segment"}


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "tiny.toml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def arms(scenario: Path) -> Arms:
    return simulated(load(scenario), ["current", "coordinated"], 4, 0)


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("both", [*SENTENCES.values(), *TAILS.values()])
def test_both_languages_have_the_same_gaps(both: tuple[str, str]) -> None:
    english, swedish = both
    assert gaps(english) == gaps(swedish) <= FACTS


def test_every_contact_has_a_sentence_and_a_row_of_the_figure() -> None:
    assert {kind.name.lower() for kind in (*PLAIN, *ASSESSING)} <= set(SENTENCES)
    shown = [kind for _, kinds in LANES.values() for kind in kinds]
    assert sorted(shown) == sorted({*PLAIN, Kind.EMERGENCY_VISIT} - {Kind.PLANNING, Kind.HOME_HELP_START})


def test_every_code_has_words() -> None:
    some = {
        Kind: {*STEPS, Kind.PLANNING, Kind.HOME_HELP_START},
        Place: {place for place in Place if place < Place.DEAD},
    }
    for codes, known in CODES.items():
        assert set(known) == some.get(codes, set(codes))


@pytest.mark.parametrize("name", LANGUAGES)
def test_everything_that_happens_to_everybody_can_be_said(arms: Arms, name: str) -> None:
    language = Language(name)
    _, found = tell(arms, Choice(number=300))
    sentences = [language.sentence(m) for those in found for story in those for m in story.moments]
    assert len(sentences) > 500
    assert all(text.endswith(".") and not text.endswith("..") and "{" not in text for text in sentences)


def test_a_sentence_says_what_the_row_says() -> None:
    facts = {
        "need": NeedType.DETERIORATION,
        "level": Level.GP,
        "diagnosis": Diagnosis.MEDICAL,
        "by": Detection.RELATIVE,
        "delay": Length(9 * HOUR),
    }
    moment = Moment(0, "worsening", facts, ("noticed",), hidden=True)
    expected = (
        "A worsening begins (medical; a GP would suffice if met in time), noticed after 9.0\u00a0h by a relative."
    )
    assert Language("en").sentence(moment) == expected
    assert "9,0\u00a0tim av en anhörig" in Language("sv").sentence(moment)
    given_up = Moment(0, "nurse_visit.not_made", {"wait": Length(3 * DAY)})
    expected = "The nurse at the health centre: does not come about within 3.0\u00a0days."
    assert Language("en").sentence(given_up) == expected


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(20, "less than a minute"), (47 * MINUTE, "47\u00a0min"), (30 * HOUR, "30\u00a0h"), (50 * HOUR, "2.1\u00a0days")],
)
def test_lengths_are_said_as_people_say_them(seconds: int, text: str) -> None:
    assert Language("en").duration(seconds) == text


def test_the_figure_shows_where_somebody_was(arms: Arms) -> None:
    _, found = tell(arms, Choice(number=200))
    those = next(one for one in found if any(s.place is Place.WARD for story in one for s in story.places))
    figure = timeline(those, Language("en"), ["current", "coordinated"])
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["current", "coordinated"]
    drawn = {tuple(np.round(bar.get_facecolor()[0][:3], 2)) for axes in figure.axes for bar in axes.collections}
    ward = PLACE_COLOURS[Place.WARD].lstrip("#")
    assert tuple(round(int(ward[i : i + 2], 16) / 255, 2) for i in (0, 2, 4)) in drawn


def test_the_same_story_under_both_is_told_once(arms: Arms) -> None:
    _, found = tell(arms, Choice(number=60))
    language, differing = Language("en"), 0
    for those in found:
        alone = [parts([story], language)[1].columns[0][1] for story in those]
        after = parts(those, language)[1]
        if alone[0] == alone[1]:
            assert after.columns == (("The same under current and coordinated.", alone[0]),)
        else:
            assert after.columns == (("current", alone[0]), ("coordinated", alone[1]))
            differing += 1
    assert 0 < differing < len(found)


# --- the command ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stories")
    arguments = ["stories", str(scenario), "--governance", "current", "coordinated", "--seed", "4", "--number", "4"]
    assert main([*arguments, "--out", str(folder)]) == 0
    return folder


def test_the_page_needs_nothing_else(pages: Path) -> None:
    page = (pages / "stories.html").read_text(encoding="utf-8")
    assert page.count("<article>") == 5
    assert page.count("data:image/svg+xml;base64,") == 4
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert page.count('<form class="sheet">') == 5
    names = {f"story-{n:02d}.{kind}" for n in range(1, 5) for kind in KINDS}
    assert {path.name for path in (pages / "figures").iterdir()} == names


def test_page_and_text_tell_the_same(pages: Path, arms: Arms) -> None:
    text = (pages / "stories.md").read_text(encoding="utf-8")
    page = unescape((pages / "stories.html").read_text(encoding="utf-8"))
    _, found = tell(arms, Choice(number=4))
    language = Language("en")
    for those in found:
        assert f"person {those[0].who.number}" in text
        for moment in those[1].moments:
            assert language.sentence(moment) in text
            assert language.sentence(moment) in page
    assert sum(len(story.moments) for those in found for story in those) > 20
    deaths = re.search(r"(\d+) people died: ", page)
    assert deaths is not None
    assert int(deaths[1]) == sum(common(arms).deaths.values()) > 0


def test_the_same_command_gives_the_same_bytes(pages: Path, scenario: Path, tmp_path: Path) -> None:
    arguments = ["stories", str(scenario), "--governance", "current", "coordinated", "--seed", "4", "--number", "4"]
    assert main([*arguments, "--out", str(tmp_path)]) == 0
    for path in pages.rglob("*.*"):
        assert (tmp_path / path.relative_to(pages)).read_bytes() == path.read_bytes(), path.name


@pytest.mark.verify
def test_stories_of_a_result_are_those_of_its_replication(scenario: Path, pages: Path, tmp_path: Path) -> None:
    result, again = tmp_path / "result", tmp_path / "again"
    assert main(["compare", str(scenario), "--replications", "1", "--seed", "4", "--out", str(result)]) == 0
    arguments = ["stories", str(result), "--governance", "current", "coordinated", "--number", "4"]
    assert main([*arguments, "--out", str(again)]) == 0

    def told(folder: Path) -> str:
        return (folder / "stories.md").read_text(encoding="utf-8").rsplit("Again:", 1)[0]

    assert told(again) == told(pages)


def test_in_swedish(scenario: Path, tmp_path: Path) -> None:
    arguments = [
        "stories",
        str(scenario),
        "--language",
        "sv",
        "--number",
        "2",
        "--who",
        "older",
        "--out",
        str(tmp_path),
    ]
    assert main(arguments) == 0
    page = (tmp_path / "stories.html").read_text(encoding="utf-8")
    assert '<html lang="sv">' in page
    assert "65 år och äldre" in page
    assert "Är den trovärdig?" in page
    assert not (tmp_path / "figures" / "story-03.svg").exists()


def test_fewer_stories_take_the_figures_of_the_others_away(scenario: Path, tmp_path: Path) -> None:
    for number in ("2", "1"):
        assert main(["stories", str(scenario), "--number", number, "--out", str(tmp_path)]) == 0
    assert {path.stem for path in (tmp_path / "figures").iterdir()} == {"story-01"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--governance", "other"], "governance: 'other' given"),
        (["--governance", "current", "current"], "each name once"),
    ],
)
def test_what_cannot_be_told_is_refused(
    scenario: Path, tmp_path: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stories", str(scenario), *arguments, "--out", str(tmp_path / "none")]) == INVALID
    assert message in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_result_has_a_seed_of_its_own(scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stories", str(tmp_path), "--out", str(tmp_path / "none")]) == INVALID
    assert "no result" in capsys.readouterr().err
    result = tmp_path / "result"
    assert main(["run", str(scenario), "--replications", "1", "--governance", "current", "--out", str(result)]) == 0
    capsys.readouterr()
    assert main(["stories", str(result), "--seed", "3", "--out", str(tmp_path / "none")]) == INVALID
    assert "--draw S draws other people" in capsys.readouterr().err
    assert main(["stories", str(result), "--governance", "coordinated", "--out", str(tmp_path / "none")]) == INVALID
    assert "governance: 'coordinated' given, one of current needed" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
