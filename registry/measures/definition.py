"""Reads one instrument file, checks it, and names the line that is wrong.

The format is described in ``instruments/README.md``.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from registry.measures.consistency import contradictions
from registry.measures.file_format import InstrumentFile
from registry.measures.file_reading import Fault, Unreadable, read_bytes, read_text, read_toml
from registry.measures.instrument import Instrument
from registry.measures.toml_lines import Place, line_of, said


class DefinitionError(ValueError):
    """An instrument file that cannot be used. ``line`` counts from 1 and is None where no line is to blame."""

    def __init__(self, file: Path, line: int | None, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}" if line is not None else f"{file}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


def load(path: Path) -> Instrument:
    """The instrument ``path`` defines.

    Raises:
        DefinitionError: the first thing wrong with the file.
    """
    instrument, errors = _read(path)
    if instrument is None or errors:
        raise errors[0]
    return instrument


def errors_in(path: Path) -> list[DefinitionError]:
    """Everything wrong with one file; an empty list where ``load`` succeeds."""
    return _read(path)[1]


def content_hash(content: bytes) -> str:
    """The SHA-256 of a file, the same whether its lines end in LF or CRLF: it changes when the instrument does."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _read(path: Path) -> tuple[Instrument | None, list[DefinitionError]]:
    try:
        content = read_bytes(path)
    except Unreadable as problem:
        return None, [DefinitionError(path, problem.line, problem.reason)]
    instrument, faults = _understand(path.name, content)
    return instrument, [DefinitionError(path, line, reason) for line, reason in faults]


@lru_cache(maxsize=128)
def _understand(name: str, content: bytes) -> tuple[Instrument | None, tuple[Fault, ...]]:
    """What a file of that name and content says. Kept, since a process reads the same files again and again."""
    try:
        text = read_text(content)
        parsed = read_toml(text)
    except Unreadable as problem:
        return None, ((problem.line, problem.reason),)
    try:
        instrument, problems = _build(parsed, content_hash(content))
        if instrument is not None:
            problems = [*_misnamed(name, instrument), *contradictions(instrument)]
    except (ArithmeticError, RecursionError, ValueError) as problem:  # contradictory past what the checks foresee
        return None, ((None, f"cannot be understood: {problem}"),)
    return instrument, tuple((line_of(text, place), said(place, reason)) for place, reason in problems)


def _build(parsed: dict[str, Any], content_hash: str) -> tuple[Instrument | None, list[tuple[Place, str]]]:
    try:
        file = InstrumentFile.model_validate(parsed)
    except ValidationError as error:
        return None, [(each["loc"], each["msg"]) for each in error.errors()]
    strays = [
        (("items", position, "choices"), f"there are no choices called {item.choices!r}")
        for position, item in enumerate(file.items)
        if item.choices not in file.choices and item.choices not in file.numbers
    ]
    return (None, list(strays)) if strays else (file.to_instrument(content_hash=content_hash), [])


def _misnamed(name: str, instrument: Instrument) -> list[tuple[Place, str]]:
    expected = {f"{instrument.id}.toml", f"{instrument.id}.v{instrument.version}.toml"}
    if name in expected:
        return []
    return [(("id",), f"a file that defines {instrument.id!r} is called {' or '.join(sorted(expected))}")]
