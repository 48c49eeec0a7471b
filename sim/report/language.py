"""The language of a report (rapportspråk): English or Swedish, for as long as something is written in it.

Every room of the report takes its words from :data:`words`, which are those of the language spoken when they are asked
for; what only a plan or a sweep says is in :data:`plan_words` and :data:`sweep_words`. A language is a module with the
same names: ``words`` and ``words_sv``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any

ENDS = {"en": "", "sv": "_sv"}
"""What the name of a module of words ends in, by language."""
LANGUAGES = tuple(ENDS)
"""Languages that a report can be written in, by their ISO 639-1 codes; the first unless another is asked for."""
_SPOKEN: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])


def language() -> str:
    """The language spoken now."""
    return _SPOKEN.get()


@contextmanager
def spoken(code: str) -> Iterator[None]:
    """Speak a language, one of ``LANGUAGES``, for as long as the context lasts.

    Raises
    ------
    ValueError
        If there is no such language.
    """
    if code not in ENDS:
        raise ValueError(f"language: {code!r} given, one of {', '.join(LANGUAGES)} needed")
    before = _SPOKEN.set(code)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


if TYPE_CHECKING:
    from sim.report import plan_words as plan_words
    from sim.report import sweep_words as sweep_words
    from sim.report import words as words
else:

    class _Words:
        """The words of the language spoken, of one kind."""

        def __init__(self, module: str) -> None:
            self._module = module

        def __getattr__(self, name: str) -> Any:
            return getattr(import_module(self._module + ENDS[_SPOKEN.get()]), name)

    words = _Words("sim.report.words")
    plan_words = _Words("sim.report.plan_words")
    sweep_words = _Words("sim.report.sweep_words")
