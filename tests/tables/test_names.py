"""The same name written in several ways, and different names that look alike."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from sim import cli
from sim.scenario import ScenarioError, load
from sim.tables import words
from sim.tables.names import Names, folded, keys_of, plain, word
from sim.vocabulary import AgeBand, Service
from tests.scenario.small import SCHEMA, TABLES, write_base

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "name", ["VÄNNÄS", "vännäs", unicodedata.normalize("NFD", "Vännäs"), " Vännäs\u00a0", "Vän\u00adnäs"]
)
def test_one_name_written_in_several_ways(name: str) -> None:
    assert folded(name) == folded("Vännäs")
    assert Names(["Umeå", "Vännäs"]).find(name) == 1


@pytest.mark.parametrize(
    "names", [("Habo", "Håbo"), ("B", "Bø"), ("Ås", "Äs", "As", "Øs"), ("Ø",), ("Φ", "Ψ"), ("a b", "a-b")]
)
def test_names_that_differ_in_a_mark_are_different(names: tuple[str, ...]) -> None:
    known, keys = Names(names), keys_of(names)
    assert [known.find(name) for name in names] == list(range(len(names)))
    assert len(set(keys)) == len(names)
    assert all(key.isascii() and key for key in keys)


def test_keys_of_names() -> None:
    assert keys_of(["Håbo", "Habo", "Umeå 1", "Ø"]) == ("haabo", "habo", "umea_1", "o")
    assert keys_of(["Håbo"]) == ("habo",)
    assert plain("Ω") == "u3c9"


def test_a_key_stands_for_a_name_and_a_name_without_its_mark_does_not() -> None:
    known = Names(["Håbo", "Umeå"], keys=keys_of(["Håbo", "Umeå"]))
    assert known.find("umea") == 1
    assert known.find("Habo") is None
    assert known.says("Habo", "place") == "unknown place 'Habo', did you mean 'Håbo'?; there are Håbo, Umeå"


def test_words_for_services_and_age_bands_are_of_the_model_and_mean_one_thing() -> None:
    for enum, said in ((Service, words.of_services()), (AgeBand, words.of_age_bands())):
        assert set(said) == {member.name.lower() for member in enum}
        meant: dict[str, set[str]] = {}
        for name, others in said.items():
            for text in (name, *others):
                meant.setdefault(word(text), set()).add(name)
        assert [text for text, names in meant.items() if len(names) > 1] == []
    assert {name for names in words.between_services().values() for name in names} <= set(words.of_services())


def test_a_word_that_may_mean_several_services_is_refused_with_them() -> None:
    known = Names(words.of_services(), words.of_services(), between=words.between_services(), fixed=True)
    assert known.known[known.find("Korttidsplatser") or 0] == "short_term"
    assert known.find("vårdplatser") is None
    assert "it may be ward_medicine or ward_surgery" in known.says("Vårdplatser", "service")


def renamed(old: str, new: str) -> dict[str, str]:
    return {name.removesuffix(".csv"): text.replace(old, new) for name, text in TABLES.items()}


def test_accents_may_be_apart_in_one_table_and_not_in_the_others(tmp_path: Path) -> None:
    usual = load(write_base(tmp_path), SCHEMA).region
    for name, text in TABLES.items():
        other = {name.removesuffix(".csv"): unicodedata.normalize("NFD", text).replace("Öby", "ÖBY")}
        region = load(write_base(tmp_path, **other), SCHEMA).region
        assert region.members() == usual.members()
        assert region.population.tolist() == usual.population.tolist()


def test_places_that_differ_in_a_mark_have_keys_of_their_own(tmp_path: Path) -> None:
    tables = {name: text.replace("Öby", "Oby").replace("Åby", "Öby") for name, text in renamed("", "").items()}
    region = load(write_base(tmp_path, **tables), SCHEMA).region
    assert [m.name for m in region.municipalities] == ["Öby", "Oby"]
    assert region.members()["municipality"] == ("oeby", "oby")


def test_a_place_named_by_one_odd_letter_has_a_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.tables.kinds import vannas

    folder = tmp_path / "region"
    folder.mkdir()
    for name in TABLES:
        text = (vannas().region.folder / name).read_text(encoding="utf-8")
        text = text.replace("Vännäs,Vännäs", "Ø,Vännäs") if name == "areas.csv" else text
        (folder / name).write_text(text, encoding="utf-8")
    resources = (folder / "resources.csv").read_text(encoding="utf-8")
    for service in ("centre_phone", "centre_nurse", "gp"):
        resources = resources.replace(f"{service},Vännäs,", f"{service},Ø,")
    (folder / "resources.csv").write_text(resources, encoding="utf-8")
    path = tmp_path / "odd.toml"
    path.write_text('extends = "shipped:vannas"\n[region]\nfolder = "region"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["sources", "odd.toml"]) == 0
    shown = capsys.readouterr().out
    assert "region.areas.o.continuity" in shown
    assert "region.areas..continuity" not in shown


def test_the_digest_is_of_values_not_of_how_they_are_written(tmp_path: Path) -> None:
    usual = load(write_base(tmp_path), SCHEMA).region.digest
    noted = TABLES["areas.csv"].replace("0.7,T13,", "0.70,T13,a note").replace("\n", "\r\n")
    assert load(write_base(tmp_path, areas=noted), SCHEMA).region.digest == usual
    other = TABLES["areas.csv"].replace("0.7,T13,", "0.71,T13,")
    assert load(write_base(tmp_path, areas=other), SCHEMA).region.digest != usual


def test_a_name_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"municipalities\.csv, line 3: name: 'region' given, a word that means"):
        load(write_base(tmp_path, municipalities=TABLES["municipalities.csv"].replace("Öby,", "region,")), SCHEMA)


def test_a_name_with_a_mark_of_quotation_is_suggested_whole() -> None:
    known = Names(["S:t Olof's", "Umeå"], {"Umeå": ["Ume's stad"]})
    assert "did you mean 'S:t Olof's'?" in known.says("S:t Olofs", "place")
    assert "did you mean 'Umeå'?" in known.says("Ume's stat", "place")
