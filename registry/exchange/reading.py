"""Reading a table of text: encoding, delimiter, header and rows, without ever holding the whole file.

Comma, semicolon or tab; UTF-8, with or without byte order mark, or UTF-16 with one. What cannot be read as a table
raises ``UnreadableFile`` before any row is given; a single bad row is a ``Malformed`` among the others.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

DELIMITERS = (",", ";", "\t")
LONGEST_LINE = 1_000_000
"""Characters of one physical line; a longer one is no table, and is not read to its end."""
LONGEST_FIELD = 10_000
"""Characters of one field."""
MOST_COLUMNS = 2_000

_LOOKED_AT = 4_096


class UnreadableFile(ValueError):
    """The file is no table the import can read. The message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row. ``number`` is what a spreadsheet shows: the header is row 1."""

    number: int
    fields: Mapping[str, str]

    @property
    def raw(self) -> Sequence[str]:
        return list(self.fields.values())


@dataclass(frozen=True, slots=True)
class Malformed:
    """A row that does not fit the header, and why."""

    number: int
    reason: str
    raw: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """An open file whose header was read; ``rows`` can be walked once."""

    header: tuple[str, ...]
    rows: Iterator[SourceRow | Malformed]

    def require(self, columns: Sequence[str]) -> None:
        """Raises ``UnreadableFile`` naming the columns the header does not have, and those it has."""
        missing = [name for name in dict.fromkeys(columns) if name not in self.header]
        if missing:
            noun = "column" if len(missing) == 1 else "columns"
            raise UnreadableFile(f"missing {noun} {', '.join(missing)}; the file has {', '.join(self.header)}")


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Open ``path`` and read its header.

    Raises:
        UnreadableFile: not to be opened, empty, another encoding, a header with a blank or repeated name; while
            walking the rows: bytes that are not text, a line without end.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        lines = _lines(file)
        first = next(lines, "")
        if not first.strip():
            raise UnreadableFile("the file is empty: its first line names the columns")
        delimiter = _delimiter(first)
        header = _header(next(csv.reader([first], delimiter=delimiter)))
        yield Table(header, _rows(lines, header, delimiter))


def fingerprint(path: Path) -> str:
    """SHA-256 of the file. Raises ``UnreadableFile``."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableFile(f"cannot be read: {error.strerror}") from None


def _encoding(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(_LOOKED_AT)
    except OSError as error:
        raise UnreadableFile(f"cannot be read: {error.strerror}") from None
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.count(0) * 4 > len(start):
        raise UnreadableFile("looks like UTF-16 without a byte order mark: save it as UTF-8")
    return "utf-8-sig"


def _lines(file: TextIO) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        try:
            line = file.readline(LONGEST_LINE)
        except UnicodeError:
            raise UnreadableFile(f"line {number} or a little after it is not UTF-8: save the file as UTF-8") from None
        if not line:
            return
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            raise UnreadableFile(f"line {number} is longer than {LONGEST_LINE:,} characters: this is no table")
        yield line


def _delimiter(header: str) -> str:
    """The one of the three that cuts the header into the most names."""
    return max(DELIMITERS, key=lambda each: len(next(csv.reader([header], delimiter=each))))


def _header(names: Sequence[str]) -> tuple[str, ...]:
    header = tuple(name.strip() for name in names)
    if len(header) > MOST_COLUMNS:
        raise UnreadableFile(f"has {len(header):,} columns; at most {MOST_COLUMNS:,} can be read")
    if any("\0" in name for name in header):
        raise UnreadableFile("its header holds a NUL character: save the file again as UTF-8 text")
    for position, name in enumerate(header, start=1):
        if not name:
            raise UnreadableFile(f"column {position} has no name in the first line")
        if header.index(name) != position - 1:
            raise UnreadableFile(f"two columns are called {name}")
    return header


def _rows(lines: Iterator[str], header: tuple[str, ...], delimiter: str) -> Iterator[SourceRow | Malformed]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 1
    while True:
        number += 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Malformed(number, f"cannot be read as fields: {error}", ())
            continue
        if not fields:
            continue
        reason = _malformed(fields, header)
        yield (
            SourceRow(number, dict(zip(header, fields, strict=True)))
            if not reason
            else Malformed(number, reason, fields)
        )


def _malformed(fields: Sequence[str], header: Sequence[str]) -> str:
    if len(fields) != len(header):
        return f"has {len(fields)} fields, the header has {len(header)}"
    for name, field in zip(header, fields, strict=True):
        if len(field) > LONGEST_FIELD:
            return f"{name} is longer than {LONGEST_FIELD:,} characters"
        if "\0" in field:
            return f"{name} holds a NUL character"
    return ""
