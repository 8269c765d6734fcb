"""Every command with options missing, doubled, wrongly typed and absurd: a plain message, and never a traceback.

The commands and their options are those the program declares. Whatever ends badly has stored nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from flask import Flask

from tests.databases import MigratedDatabase
from tests.trust.hostility import WRONG, share, watching
from tests.trust.world import World

Words = tuple[str, ...]

FITTING = {
    "name": "Harbor",
    "clinic": "Harbor",
    "organisation": "Riverside Health",
    "email": "colleague@clinic.example",
    "zone": "America/New_York",
    "role": "care_manager",
    "date": "2026-03-12",
}
"""What an option means in the world, by its name; without one here it is a word."""

KEEPS_RUNNING = frozenset({("serve",), ("jobs", "run")})
"""Run until they are stopped: only what is refused before they start is sent."""

ABSURD = {name: value for name, value in WRONG.items() if name not in {"NUL", "half a character"}} | {
    "bytes that are no text": "\udcff\udcfe",
    "a date of five digits": "20260-03-12",
    "an option": "--commit",
}
"""No argument of a program can hold a NUL; bytes that are no text arrive as surrogates of their own."""

ONE_IN = 7


@dataclass(frozen=True)
class Declared:
    """A command of this program and its parameters."""

    path: Words
    parameters: tuple[click.Parameter, ...]

    def words(self, values: dict[str, Sequence[str]]) -> Words:
        """The command line: by name of a parameter, the values given for it."""
        line = list(self.path)
        for parameter in self.parameters:
            for value in values.get(parameter.name or "", ()):
                line += [value] if isinstance(parameter, click.Argument) else [f"{parameter.opts[-1]}={value}"]
        return tuple(line)


@pytest.fixture
def app(started_app: Flask) -> Flask:
    """Without emptying it: the world stands for the whole module."""
    return started_app


def _commands(app: Flask) -> list[Declared]:
    """Every command of ours; those of Flask and its migrations are theirs."""
    return sorted(_below(app.cli, ()), key=lambda each: each.path)


def _below(group: click.Group, path: Words) -> Iterator[Declared]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _below(command, (*path, name))
        elif _is_ours(command):
            yield Declared((*path, name), tuple(command.params))


def _is_ours(command: click.Command) -> bool:
    return command.callback is not None and inspect.unwrap(command.callback).__module__.startswith("registry.")


def _fitting(command: Declared, folder: Path) -> dict[str, Sequence[str]]:
    """A value for everything that must be given, each in its kind."""
    return {str(each.name): (_value(each, folder),) for each in command.parameters if each.required}


def _value(parameter: click.Parameter, folder: Path) -> str:
    if isinstance(parameter.type, click.Path):
        return str(folder / "table.csv")
    if isinstance(parameter.type, click.Choice):
        return str(parameter.type.choices[0])
    return FITTING.get(str(parameter.name), "something")


def _files(folder: Path) -> dict[str, str]:
    """What stands where a file should."""
    contents = {
        "empty": b"",
        "noise": bytes(range(256)) * 40,
        "table.csv": b"mrn,date\n1,2026-03-12\n",
        "half": b"\xff\xfe",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: str(folder / name) for name in contents} | {
        "a folder": str(folder),
        "nothing there": str(folder / "missing" / "file"),
        "a device": "/dev/null",
        "a path too long": "/" + "x" * 5_000,
    }


def _lines(command: Declared, folder: Path) -> Iterator[tuple[str, Words]]:
    """Everything that is sent to the command, by what is wrong with it."""
    fitting = _fitting(command, folder)
    yield "an unknown option", (*command.words(fitting), "--no-such-option")
    yield "a word too many", (*command.words(fitting), *("more",) * 3)
    for parameter in command.parameters:
        name = str(parameter.name)
        if parameter.required:
            yield f"no {name}", command.words({each: value for each, value in fitting.items() if each != name})
        if isinstance(parameter, click.Option) and parameter.is_flag:
            yield f"a value for {name}", (*command.words(fitting), f"{parameter.opts[-1]}=yes")
            continue
        value = _value(parameter, folder)
        yield f"{name} twice", command.words({**fitting, name: (value, value)})
        wrong = ABSURD | (_files(folder) if isinstance(parameter.type, click.Path) else {})
        for what, absurd in wrong.items():
            yield f"{name} {what}", command.words({**fitting, name: (absurd,)})


def _fault(app: Flask, line: Words) -> str | None:
    """What is wrong with how the command ends; None where nothing is."""
    with watching(app) as stored:
        done = app.test_cli_runner().invoke(args=line)
        kept = stored.take(but=frozenset())
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        return f"{type(done.exception).__name__}: {str(done.exception)[:200]}"
    if "Traceback" in done.output or done.exit_code not in {0, 1, 2}:
        return f"ends with {done.exit_code}: {done.output[-200:]}"
    if done.exit_code and not done.output.strip():
        return f"ends with {done.exit_code} and says nothing"
    return f"fails, and stores {kept}" if done.exit_code and kept else None


def _is_refused_before_it_starts(what: str) -> bool:
    return what.startswith(("an unknown", "a word too")) or what in {"port words", "port negative", "port empty"}


@pytest.mark.parametrize(
    "every", [pytest.param(ONE_IN, id="sample"), pytest.param(1, marks=pytest.mark.trust, id="everything")]
)
def test_no_command_line_ends_in_a_traceback_or_half_way(
    app: Flask,
    standing_world: World,
    migrated_database: MigratedDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    every: int,
) -> None:
    monkeypatch.chdir(tmp_path)  # whatever a file name makes of nonsense, it is made here
    commands = _commands(app)
    lines = [
        (command.path, what, line)
        for command in commands
        for what, line in _lines(command, tmp_path)
        if command.path not in KEEPS_RUNNING or _is_refused_before_it_starts(what)
    ]
    faults = [
        f"{' '.join(path)}, {what}: {fault}"
        for path, what, line in share(lines, every=every, database=migrated_database.name)
        if (fault := _fault(app, line))
    ]

    assert not faults, "\n".join(faults)
    assert {("users", "add"), ("import", "measurements"), ("demo",)} <= {command.path for command in commands}
