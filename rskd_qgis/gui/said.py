"""What a job said of a section: it holds until something in that section changes."""

from __future__ import annotations

from typing import Any

from rskd_qgis.draft import Draft

_PARTS = {
    "layers": ("task", "layers", "area", "gsd", "extra"),
    "labels": ("task", "labels"),
    "teacher": ("teacher", "teacher_facts"),
    "student": ("student",),
    "distil": ("recipe", "training", "baseline", "out"),
}
"""Of the draft, what each section changes."""


class Said:
    """One sentence a section at most."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._sentences: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def note(self, section: str, words: str) -> None:
        """Keeps a sentence, in the place of an earlier one."""
        self._sentences[section] = words, self._now(section)

    def of(self, section: str) -> str:
        """The sentence that still holds; empty if there is none."""
        words, then = self._sentences.get(section, ("", ()))
        if words and then != self._now(section):
            del self._sentences[section]
            return ""
        return words

    def forget(self) -> None:
        """The job is tried again."""
        self._sentences.clear()

    def _now(self, section: str) -> tuple[Any, ...]:
        return tuple(getattr(self._draft, part) for part in _PARTS.get(section, ()))
