"""The quarantine: a file of the rows that were not stored, each with its number and the reason.

It holds what the source held, so it is readable by its owner alone and nothing of it is ever logged.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TextIO

_A_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Quarantine(Protocol):
    """Takes rows that are not stored."""

    def add(self, number: int, reason: str, raw: Sequence[str]) -> None:
        """One row more."""


class QuarantineFile:
    """Writes a table: row number, reason, and the fields as they came."""

    def __init__(self, file: TextIO, header: Sequence[str]) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow([harmless(name) for name in ("row", "reason", *header)])
        self.count = 0

    def add(self, number: int, reason: str, raw: Sequence[str]) -> None:
        """One row more."""
        self._writer.writerow([number, harmless(reason), *(harmless(field) for field in raw)])
        self.count += 1


@contextmanager
def quarantine_file(path: Path, header: Sequence[str]) -> Iterator[QuarantineFile]:
    """A quarantine at ``path``, replacing the one of an earlier run; removed again when nothing was put in it.

    Raises ``OSError`` when it cannot be written; never follows a link to another file.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="", errors="backslashreplace") as file:
        path.chmod(0o600)
        quarantine = QuarantineFile(file, header)
        yield quarantine
    if quarantine.count == 0:
        path.unlink()


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet runs as a formula, and every program can open.

    >>> harmless("=1+1"), harmless("-3")
    ("'=1+1", '-3')
    """
    text = text.replace("\0", "\u2400")
    is_formula = text.startswith(_BEGINS_A_FORMULA) and not _A_NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text
