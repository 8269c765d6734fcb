"""Which line of a TOML text says what, so that an error can point at it."""

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

Place = tuple[str | int, ...]
"""Keys and list positions from the top of the document, such as ("scales", 0, "cutoff")."""

LONGEST_STATEMENT: Final = 60
"""Lines. Where one statement goes on for longer, what follows has no line of its own."""

Contradiction = tuple[Place, str]
"""Where a file says something that cannot be, and why."""


def line_of(text: str, place: Place) -> int | None:
    """The line (from 1) that states ``place``, or the nearest thing around it; None for the document as a whole.

    ``text`` must be valid TOML.
    """
    lines = _lines(text)
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return None


@lru_cache(maxsize=4)
def _lines(text: str) -> dict[Place, int]:
    """Every place of the text with its line; read once, however much is wrong with it."""
    try:
        return dict(_statements(text))
    except RecursionError:  # so deep that nothing in it has a line of its own
        return {}


def syntax_error(text: str, error: tomllib.TOMLDecodeError) -> tuple[int | None, str]:
    """The parser's complaint and its line; what is missing at the end of the text is missing on its last line."""
    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
    if found is None:
        return None, f"is not TOML: {error}"
    line = int(found[1]) if found[1] else len(text.splitlines())
    return line, f"is not TOML: {str(error)[: found.start()]}"


def said(place: Place, reason: str) -> str:
    """The reason, with the thing it is about: "scales 1 cutoff value: must be a number"."""
    words = " ".join(str(part + 1) if isinstance(part, int) else part for part in place)
    return f"{words}: {reason.removeprefix('Value error, ')}" if words else reason


def _statements(text: str) -> Iterator[tuple[Place, int]]:
    """Every table header and key of the document, with its line."""
    table: Place = ()
    lengths: dict[Place, int] = {}
    for number, statement in _split(text):
        parsed = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _table_place(parsed, lengths)
            yield table, number
        else:
            for place in _key_places(parsed):
                yield table + place, number


def _split(text: str) -> Iterator[tuple[int, str]]:
    """The document's statements. A value over several lines ends where it first parses."""
    pending: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if len(pending) == LONGEST_STATEMENT:
            return
        pending.append(line)
        statement = "\n".join(pending)
        try:
            tomllib.loads(statement)
        except (ValueError, RecursionError):  # not whole yet
            continue
        if statement.strip() and not line.lstrip().startswith("#"):
            yield number - len(pending) + 1, statement
        pending = []


def _table_place(header: dict[str, Any], lengths: dict[Place, int]) -> Place:
    """Where a header such as ``[[scales.bands]]`` puts what follows; ``lengths`` counts the lists so far."""
    place: Place = ()
    node: object = header
    while isinstance(node, dict) and node:
        ((key, node),) = node.items()
        place += (key,)
        if isinstance(node, list):
            lengths[place] = lengths.get(place, 0) + 1
            node = node[0]
            place += (lengths[place] - 1,)
        elif place in lengths:
            place += (lengths[place] - 1,)
    return place


def _key_places(parsed: dict[str, Any]) -> Iterator[Place]:
    for key, value in parsed.items():
        yield (key,)
        if isinstance(value, dict):
            yield from ((key, *rest) for rest in _key_places(value))
