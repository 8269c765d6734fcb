"""Long work, timed as an administrator runs it, while four people go on reading their caseload."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Browser, Timing, timed
from benchmarks.population import CONDITION
from config import ROOT

IMPORTED_ROWS = 2_000
SWEPT = 2_000
"""Episodes due at once."""

SWEEP_SECONDS = {"sqlite": 30, "postgresql": 10}
"""The budget of a sweep of ``SWEPT`` episodes while nobody reads, by database."""

_MAKE_DUE = """
UPDATE episode SET next_check_on = '2020-01-01'
WHERE id IN (SELECT id FROM episode WHERE ended_on IS NULL ORDER BY id LIMIT {number})
"""

_MAPPING = f"""\
source = "benchmark"
instrument = "phq-9"
mode = "self-paper"
date = {{ column = "taken" }}

[person]
mrn = "{{mrn}}"

[person.new]
given = "{{given}}"
family = "{{family}}"
birth_date = {{ column = "born" }}

[enrol]
metric_primary = "phq-9:total"
conditions = ["{CONDITION}"]
consent = {{ mode = "verbal", taken_by = "Benchmark" }}

[items]
""" + "".join(f'{number} = "q{number}"\n' for number in range(1, 10))


@dataclass(frozen=True, slots=True)
class Work:
    """How long a command took, and what reading the caseload was like meanwhile."""

    seconds: float
    readers: Timing


def alone(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Seconds that ``flask`` takes with ``command``, as at night. Raises ``CalledProcessError`` when it fails."""
    began = time.perf_counter()
    _finished(_started(command, environment), command)
    return time.perf_counter() - began


def beside_readers(command: Sequence[str], environment: Mapping[str, str], browsers: Sequence[Browser]) -> Work:
    """Run ``flask`` with ``command`` to its end. Raises ``CalledProcessError`` when it fails."""
    began = time.perf_counter()
    process = _started(command, environment)
    taken: list[float] = []
    wrong = sent = decoded = 0
    while process.poll() is None:
        some = timed(browsers, lambda browser, _number: browser.send("GET", "/caseload"), each=2)
        taken += some.milliseconds
        wrong += some.errors
        sent, decoded = max(sent, some.most_sent), max(decoded, some.most_decoded)
    seconds = time.perf_counter() - began
    _finished(process, command)
    return Work(seconds, Timing(tuple(taken), wrong, seconds, sent, decoded))


def _started(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environment},
        stdout=subprocess.DEVNULL,
    )


def _finished(process: subprocess.Popen[bytes], command: Sequence[str]) -> None:
    if process.wait():
        raise subprocess.CalledProcessError(process.returncode, list(command))


def everything_due(patients: int) -> tuple[str, int]:
    """The statement that makes so many episodes due, and how many they are."""
    number = min(SWEPT, patients)
    return _MAKE_DUE.format(number=number), number


def export(folder: Path, *, rows: int = IMPORTED_ROWS) -> tuple[Path, Path]:
    """An invented file of people the registry does not know, and its mapping."""
    roll = random.Random(3)
    file, mapping = folder / "export.csv", folder / "export.toml"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["mrn", "given", "family", "born", "taken", *(f"q{number}" for number in range(1, 10))])
        for number in range(rows):
            answers = [min(3, max(0, round(roll.gauss(1.2, 0.8)))) for _ in range(8)]
            writer.writerow([f"X{number:06}", "Import", f"Family{number:06}", "1980-05-17", "2026-02-10", *answers, 0])
    mapping.write_text(_MAPPING, encoding="utf-8")
    return file, mapping
