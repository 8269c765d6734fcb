"""Nothing is left for later, and nothing names where this was written."""

from __future__ import annotations

import re

from tests.repository.files import name, written_files

# Spelt in pieces: this file is read by its own tests.
LEFT_FOR_LATER = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
WORKPLACE = re.compile(r"(?<![\w.])/(?:wo" + r"rk|tmp/brief|opt/wheels|opt/pypi)\b|\bissue #?\d+\b", re.IGNORECASE)


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name(path)}:{number}: {line.strip()}"
        for path in written_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_nothing_is_left_for_later() -> None:
    assert _lines_with(LEFT_FOR_LATER) == []


def test_no_file_names_the_place_where_it_was_written() -> None:
    assert _lines_with(WORKPLACE) == []


def test_the_patterns_find_what_they_are_for() -> None:
    assert LEFT_FOR_LATER.search("# TO" + "DO: later")
    assert WORKPLACE.search("see /wo" + "rk/notes.md")
    assert not WORKPLACE.search("the clinic's /worklist, and framework/work")


def test_every_written_file_is_text_that_ends_in_one_newline() -> None:
    untidy = [name(path) for path in written_files() if (text := path.read_text("utf-8")) and not _is_tidy(text)]

    assert untidy == []


def _is_tidy(text: str) -> bool:
    return text.endswith("\n") and not text.endswith("\n\n") and "\r" not in text
