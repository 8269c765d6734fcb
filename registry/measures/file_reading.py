"""Files somebody wrote by hand, or that only look like it: read as far as an instrument can be long."""

import re
import stat
import tomllib
from pathlib import Path
from typing import Any, Final

from registry.measures.toml_lines import syntax_error

LARGEST_FILE: Final = 256 * 1024
"""Bytes: far more than the longest instrument takes, anchors of every rating included."""

MOST_PARTS: Final = 16
"""Of a dotted key. The parser's time grows with their square, so longer ones are not given to it."""

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_BETWEEN_KEYS = re.compile(r"[^\w.-]+")

Fault = tuple[int | None, str]
"""The line to blame, counted from 1, and what is wrong there."""


class Unreadable(ValueError):
    """A file without a text to look at. ``line`` is None where no line is to blame."""

    def __init__(self, line: int | None, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def read_bytes(path: Path) -> bytes:
    """What the file holds. Raises Unreadable for one that is no file, cannot be opened or is too large."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for whoever writes to it
            raise Unreadable(None, "is not a file")
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Unreadable(None, f"cannot be read: {error.strerror}") from error
    if len(content) > LARGEST_FILE:
        raise Unreadable(None, f"is larger than {LARGEST_FILE // 1024} KB, which no instrument is")
    return content


def read_text(content: bytes) -> str:
    """The text of those bytes. Raises Unreadable."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(content.count(b"\n", 0, error.start) + 1, "is not UTF-8") from error


def read_toml(text: str) -> dict[str, Any]:
    """The tables of the text. Raises Unreadable naming the line, where one is to blame."""
    for number, line in enumerate(text.splitlines(), start=1):
        if _has_long_key(line):
            raise Unreadable(number, "is nested too deeply")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(*syntax_error(text, error)) from error
    except RecursionError as error:
        raise Unreadable(None, "is nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits, a date that never was
        raise Unreadable(None, f"is not TOML: {error}") from error


def _has_long_key(line: str) -> bool:
    if line.count(".") <= MOST_PARTS:
        return False
    unquoted = _QUOTED.sub("x", line)
    joined = ".".join(part.strip() for part in unquoted.split("."))
    return any(key.count(".") > MOST_PARTS for key in _BETWEEN_KEYS.split(joined))
