"""Texts of others in a cell, a terminal, XML and Markdown."""

import xml.etree.ElementTree as ET

import pytest

from sim.names import name_from, name_problem
from sim.texts import for_cell, for_markdown, for_one_line, for_terminal, for_xml

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "-"])
def test_a_cell_that_a_spreadsheet_would_reckon_is_text(text):
    assert for_cell(text).startswith("'")


@pytest.mark.parametrize("value", ["-2.5", "+3", "1e-5", "-1E+06", -2.5, 7, None, "Umeå", "a=b", ""])
def test_numbers_and_other_texts_stay(value):
    assert for_cell(value) == value


def test_nothing_steers_a_terminal():
    assert for_terminal("\x1b]0;title\x07\x9b31m\u202eabc\n\td") == "\\x1b]0;title\\x07\\x9b31m\\u202eabc\n\td"
    assert for_one_line("a\r\n  b\tc") == "a b c"


def test_xml_takes_what_is_left():
    text = for_xml("a\x00\x1b\ud800\uffff\tb")
    assert ET.fromstring(f"<a>{text}</a>").text == text


def test_signs_of_markdown_mean_nothing():
    assert for_markdown("[a](b) <script> `c`\n# d") == r"\[a\](b) \<script\> \`c\` \# d"


def test_places_have_spaces_and_signs():
    for name in ("S:t Olof", "Västra Skaraborg (norra)", "Malå", "Bergs & Åre", "Övertorneå 2"):
        assert name_problem(name, place=True) == ""
        assert (name_problem(name) == "") == name.isalpha()
    for name in ("=1", "../x", " Umeå", "Umeå ", "-", "region", "a\tb", "x" * 61, 3, None):
        assert "given, a " in name_problem(name, place=True)


def test_a_name_is_made_of_the_name_of_a_file():
    assert name_from("My Scenario (2)") == "my-scenario-2"
    assert name_from("中文") == name_from("con") == name_from("") == "scenario"
    assert len(name_from("a" * 200)) == 60
