"""Files to import, and what the registry holds afterwards."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from registry.access import scope
from registry.db.base import Base
from registry.db.pacing import Pace
from registry.exchange.importing import Tally, rehearse, run
from registry.exchange.mapping import load
from registry.exchange.preparing import prepare
from registry.exchange.reading import open_table
from registry.extensions import db

MAPPINGS = Path(__file__).parents[2] / "data" / "mappings"

HEADER = ("mrn", "first", "last", "born", "taken", *(f"q{number}" for number in range(1, 10)))

MAPPING = """\
source = "clinic-export"
instrument = "phq-9"
mode = "self-paper"
date = { column = "taken" }

[person]
mrn = "{mrn}"
"""

ITEMS = "\n[items]\n" + "".join(f'{number} = "q{number}"\n' for number in range(1, 10))

NEW_PEOPLE = """\
[person.new]
given = "{first}"
family = "{last}"
birth_date = { column = "born" }
"""

ENROL = """\
[enrol]
metric_primary = "phq-9:total"
conditions = ["major-depression"]
consent = { mode = "verbal", taken_by = "R. Osei" }
"""


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports into one clinic, and remembers what was refused."""

    folder: Path
    clinic: str

    def write(self, rows: Iterable[Sequence[str]], *, mapping: str = MAPPING + NEW_PEOPLE) -> tuple[Path, Path]:
        """A file of these rows, and a mapping for it."""
        file, toml = self.folder / "export.csv", self.folder / "map.toml"
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([HEADER, *rows])
        toml.write_text(mapping + ITEMS, encoding="utf-8")
        return file, toml

    def take(
        self,
        file: Path,
        mapping: Path,
        *,
        commit: bool = True,
        people_at_once: int = 50,
        after_chunk: Callable[[int], object] = lambda _rows: None,
    ) -> tuple[Tally, dict[int, str]]:
        """Import a file. Returns what became of its rows, and why each refused one was."""
        prepared, refused = prepare(file, load(mapping), clinic_name=self.clinic), Refused({})
        with open_table(file) as table:
            rows = map(prepared.judge.judge, table.rows)
            if not commit:
                return rehearse(prepared.plan, rows, quarantine=refused, progress=after_chunk), refused.reasons
            pace = Pace(lambda: False, people=people_at_once, sleep=lambda _seconds: None)
            return run(prepared.plan, rows, quarantine=refused, progress=after_chunk, pace=pace), refused.reasons


@dataclass(frozen=True, slots=True)
class Refused:
    """A quarantine in memory."""

    reasons: dict[int, str]

    def add(self, number: int, reason: str, raw: Sequence[str]) -> None:
        self.reasons[number] = reason


def a_row(
    mrn: str,
    *answers: int | str,
    taken: str = "2026-02-10",
    born: str = "1980-05-17",
    first: str = "Ada",
    last: str = "Example",
) -> list[str]:
    """A row of HEADER; fewer than nine answers leave the rest 0."""
    filled = [str(answer) for answer in answers] + ["0"] * (9 - len(answers))
    return [mrn, first, last, born, taken, *filled]


def count(table: type[Base]) -> int:
    """How many rows the registry holds."""
    with scope.all_patients(reason="test"):
        return db.session.scalar(select(func.count()).select_from(table)) or 0
