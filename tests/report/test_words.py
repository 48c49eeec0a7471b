"""Words and registries agree."""

from __future__ import annotations

from sim.outcomes.names import OUTCOMES, SPLIT
from sim.report import words
from sim.report.canvas import CLASS_COLOURS
from sim.report.pictures import PICTURES
from sim.report.summary import SECTIONS
from sim.vocabulary import Group, Segment, Service


def test_every_outcome_named_is_in_the_registry() -> None:
    named = {*words.LABELS, *words.CLASSES, *words.WAITS, *words.VISITS, *words.COST_ROWS, *words.BY_GROUP_HEADS}
    named |= {name + suffix for name in words.SPLIT_OUTCOMES for suffix in words.PARTS}
    named |= {name + suffix for name in words.BY_GROUP_HEADS for suffix in words.STRATA}
    assert named - set(OUTCOMES) == set()


def test_the_split_is_shown_whole_and_in_order() -> None:
    assert tuple(words.CLASSES) == tuple(CLASS_COLOURS) == SPLIT


def test_groups_segments_and_services_all_have_words() -> None:
    assert set(words.GROUPS) == {group.name.lower() for group in Group}
    assert set(words.SEGMENTS) == {segment.name.lower() for segment in Segment}
    assert set(words.SERVICES) == {service.name.lower() for service in Service}


def test_every_figure_has_words_and_every_line_a_label() -> None:
    assert {picture.name for picture in PICTURES} == set(words.FIGURES)
    assert set(words.FIGURES_ONE) <= set(words.FIGURES)
    assert {name for names in SECTIONS.values() for name in names} <= set(words.LABELS)
    assert set(SECTIONS) == set(words.SECTIONS)


def test_every_wait_has_a_panel() -> None:
    assert {OUTCOMES[name].unit for name in words.WAITS} - {"share"} <= set(words.WAIT_PANELS)


def test_every_term_has_a_meaning_and_every_link_a_term() -> None:
    assert set(words.TERMS) == set(words.MEANINGS)
    assert set(words.LINKS.values()) <= set(words.TERMS)
