"""A story in words (berättelse i ord): who, how much care, and day by day what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from typing import NamedTuple

from sim.eventlog.moments import Moment
from sim.eventlog.stories import Count, Story, Who
from sim.experiment.telling import Common
from sim.report.story_words import GOVERNANCES, PAGE, SPACE, USE, USUAL, USUAL_NAMES, WHO, Language
from sim.vocabulary import DAY, HOUR, MINUTE, Segment


class Sentence(NamedTuple):
    """One sentence of a day; the clock as 08:15."""

    clock: str
    text: str
    hidden: bool


class Day(NamedTuple):
    """A day on which something happened; ``order`` is its number from second 0."""

    order: int
    name: str
    sentences: tuple[Sentence, ...]


Column = tuple[str, tuple[Day, ...]]
"""A governance and its days."""


class Part(NamedTuple):
    """A part of a story, with its days under each governance that differs; one column if all are the same."""

    title: str
    columns: tuple[Column, ...]


def governance_name(name: str, language: Language) -> str:
    """A governance as it is called in text."""
    return language.of(GOVERNANCES[name]) if name in GOVERNANCES else name.replace("_", " ")


def who_is(who: Who, language: Language) -> str:
    """What is known of a person, in one line."""
    parts = [
        language.age(who.age_band),
        who.municipality,
        language.code(who.group),
        *([language.code(who.segment)] if who.segment > Segment.OTHER else []),
        language.code(who.chronic),
        *_shares(who, language),
        language.of(WHO["relative" if who.relative else "alone"]),
    ]
    if who.home_help_hours > 0 and who.special_housing < 1:
        hours = language.decimal(who.home_help_hours, 0 if who.home_help_hours >= 1.5 else 1)
        parts.append(language.of(WHO["help"]).format(hours=hours))
    elif who.segment > Segment.OTHER and who.special_housing < 1:
        parts.append(language.of(WHO["no_help"]))
    return ", ".join(parts)


def _shares(who: Who, language: Language) -> Iterator[str]:
    """What holds all of the followed time, or part of it."""
    for name in ("home_nursing", "special_housing", "enrolled"):
        share, what = getattr(who, name), language.of(WHO[name])
        if share >= 1:
            yield what
        elif share > 0:
            yield language.of(WHO["sometimes"]).format(what=what)


def use(stories: Sequence[Story], language: Language) -> tuple[list[str], list[list[str]]]:
    """The table of use: heads and rows; the year before once, the followed year by governance."""
    heads = [language.of(PAGE["use"]), language.of(PAGE["before"])]
    heads += [_after(story, stories, language) for story in stories]
    rows = []
    for field in fields(Count):
        if field.name in USE:
            values = [getattr(count, field.name) for count in (stories[0].before, *(story.after for story in stories))]
            rows.append([language.of(USE[field.name]), *(_number(value, language) for value in values)])
    return heads, rows


def _after(story: Story, stories: Sequence[Story], language: Language) -> str:
    name = language.of(PAGE["after"])
    return f"{name}, {governance_name(story.governance, language)}" if len(stories) > 1 else name


def usual(common: Common, language: Language) -> tuple[list[str], list[list[str]]]:
    """The table of what is usual: heads and rows."""
    heads = [language.of(words) for words in USUAL]
    rows = []
    for one in common.usual:
        name = language.of(USUAL_NAMES[one.kind]) if one.kind in USUAL_NAMES else language.code(one.kind)
        rate = 1000 * one.number / common.people / common.years
        shares = [language.decimal(100 * share, 0 if share >= 0.1 else 1) for share in (one.unmade, one.night)]
        waits = [language.duration(one.median), language.duration(one.ninth)]
        rows.append([name[0].upper() + name[1:], language.decimal(rate, 0 if rate >= 10 else 1), *waits, *shares])
    return heads, rows


def deaths(common: Common, language: Language) -> str:
    """Where people died, in one sentence."""
    total = sum(common.deaths.values())
    parts = [
        f"{language.decimal(100 * number / total, 0)}{SPACE}% {language.code(place)}"
        for place, number in common.deaths.items()
    ]
    return language.of(PAGE["deaths"]).format(number=total, places=", ".join(parts))


def _number(value: float, language: Language) -> str:
    return str(value) if isinstance(value, int) else language.decimal(value)


def parts(stories: Sequence[Story], language: Language) -> list[Part]:
    """The year before and the followed year, under each governance; told once where they tell the same."""
    told = stories[0].told
    found = []
    if told.starts > told.begins:
        before = _columns(stories, told.begins, told.starts, language)
        same = len(before) == 1
        found.append(Part(language.of(PAGE["before"]), (("", before[0][1]),) if same else before))
    return [*found, Part(language.of(PAGE["after"]), _columns(stories, told.starts, told.ends, language))]


def _columns(stories: Sequence[Story], begin: int, end: int, language: Language) -> tuple[Column, ...]:
    """What is told from ``begin`` to ``end``."""
    those = [days(_moments(story, begin, end), language) for story in stories]
    names = [governance_name(story.governance, language) for story in stories]
    if len(stories) == 1:
        return (("", those[0]),)
    if all(one == those[0] for one in those):
        return ((language.of(PAGE["same"]).format(governances=_and(names, language)), those[0]),)
    return tuple(zip(names, those, strict=True))


def _and(names: Sequence[str], language: Language) -> str:
    return f" {language.of(PAGE['and'])} ".join(names)


def _moments(story: Story, begin: int, end: int) -> Iterator[Moment]:
    return (moment for moment in story.moments if begin <= moment.time < end)


def days(moments: Iterator[Moment], language: Language) -> tuple[Day, ...]:
    """Sentences, day by day."""
    found = []
    for order, those in groupby(moments, key=lambda moment: moment.time // DAY):
        sentences = tuple(Sentence(clock(moment.time), language.sentence(moment), moment.hidden) for moment in those)
        found.append(Day(order, language.date(order * DAY), sentences))
    return tuple(found)


def clock(time: int) -> str:
    """Time of day, as 08:15."""
    return f"{time % DAY // HOUR:02d}:{time % HOUR // MINUTE:02d}"
