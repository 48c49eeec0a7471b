"""Scenario files made to hurt: each ends in an error of one line that names the file, and never in a wait."""

import os
import unicodedata
from pathlib import Path

import pytest

from sim import cli

pytestmark = pytest.mark.unit
BASE = 'extends = "shipped:vannas"\n'


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def told(capsys, content: str | bytes, *, code: int = cli.INVALID) -> str:
    Path("x.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert cli.main(["check", "x.toml"]) == code
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a = " + "[" * 15_000, "x.toml: nested too deeply"),
        ("a = " + "[" * 40 + "]" * 40, "x.toml, line 1: a: nested deeper than 16 tables"),
        (".".join("a" * 5000) + " = 1", "nested deeper than 16 tables"),
        (".".join("a" * 9000) + " = 1", "x.toml, line 1: 18003 characters"),
        ("a = " + "9" * 5000, "x.toml: not valid TOML: a number of too many digits"),
        ("seed = " + "9" * 400, "x.toml, line 1: seed: a whole number of more than 64 bits given"),
        ('title = "\\u001b[31mred"', "x.toml, line 1: title: the text holds the character \\x1b"),
        ('title = "\\u202Eright to left"', "the text holds the character \\u202e"),
        ('"\\u0000" = 1', "holds the character \\x00"),
        (b"title = 'a\0b'", "not valid TOML"),
        (b"\xff\xfet\0i\0", "x.toml, line 1: not UTF-8 text"),
        ("#" * 3_000_000, "x.toml: 3 MB given, at most 2 MB read"),
        ("a = 1979-13-45", "not valid TOML"),
    ],
)
def test_what_no_scenario_needs_is_told(content, says, capsys):
    assert says in told(capsys, content)


def test_a_byte_order_mark_is_passed_over(capsys):
    assert told(capsys, b"\xef\xbb\xbf" + BASE.encode(), code=0) == ""


@pytest.mark.parametrize(
    "name",
    [
        "../../outside",
        "a/b",
        ".hidden",
        "-x",
        "a b",
        "",
        "con",
        "ALL",
        "a" * 61,
        "=cmd",
        "a\\\\b",
        "a\\nb",
        "x.y",
        "𠮷",
    ],
)
def test_governances_obey_the_rule_of_names(name, capsys):
    found = told(capsys, f'{BASE}[governance."{name}"]\ninherits = "coordinated"\n')
    assert "x.toml, line 2: governance: " in found
    assert len(found.splitlines()) == 1


@pytest.mark.parametrize("name", ["today", "Ämne-2", "中文", "a" * 60])
def test_letters_of_any_language_are_names(name, capsys):
    found = told(capsys, f'{BASE}name = "{name}"\n[governance."{name}"]\ninherits = "coordinated"\n', code=0)
    assert found == ""


def test_a_name_typed_in_two_ways_is_one(capsys):
    one, other = (unicodedata.normalize(form, "åtgärd") for form in ("NFC", "NFD"))
    text = f'{BASE}[governance."{one}"]\ninherits = "current"\n[governance.b]\ninherits = "{other}"\n'
    assert told(capsys, text, code=0) == ""


def test_names_that_differ_in_capital_letters_alone_are_refused(capsys):
    text = f'{BASE}[governance.Current]\ninherits = "coordinated"\n'
    assert "differs from governance 'current' in capital letters alone" in told(capsys, text)


def test_what_a_scenario_names_is_read_if_it_is_a_regular_file(capsys):
    os.mkfifo("pipe")
    Path("loop").symlink_to("loop")
    for name, says in (
        ("pipe", "is a pipe, a regular file needed"),
        ("/dev/zero", "is a device, a regular file needed"),
        ("loop", "Too many levels of symbolic links"),
        (".", "is a folder, a regular file needed"),
        ("a\\u0000b", "holds the character"),
        ("b" * 300, "File name too long"),
    ):
        assert says in told(capsys, f'extends = "{name}"\n')


def test_a_chain_of_files_has_an_end(capsys):
    for number in range(40):
        Path(f"x{number}.toml").write_text(f'extends = "x{number + 1}.toml"\n')
    assert "more than 32 files extend each other" in told(capsys, 'extends = "x0.toml"\n')


def test_names_of_any_length_are_looked_up_at_once(capsys):
    long = "a" * 200_000
    Path("points.csv").write_text(f"{long}\n1\n")
    sweep = '[sweep]\nreplications = 2\npoints = "points.csv"\n'
    found = told(capsys, f"{BASE}{'b' * 10_000} = 1\n{sweep}")
    assert len(found) < 3000
    assert len(told(capsys, f"{BASE}{sweep}")) < 3000
    Path("points.csv").write_text(",".join(f"a{n}" for n in range(5000)) + "\n")
    assert "5,000 columns given, at most 1,000 read" in told(capsys, f"{BASE}{sweep}")


def test_a_thousand_problems_are_told_in_two_hundred_lines(capsys):
    text = "\n".join(f"x{n} = 1" for n in range(1000))
    found = told(capsys, f"{text}\n").splitlines()
    assert len(found) == 201
    assert found[-1].startswith("... and ")
    keys = "\n".join(f"x{n} = 1" for n in range(21_000))
    assert told(capsys, keys) == "x.toml: 21000 keys given, at most 20000 read\n"
