"""``make bench``: every page and command as the number of patients grows, on both databases.

The signed-in clinic always has 1,000 patients; the other clinics are there to be in the way. Served by gunicorn with
2 sync workers, read by 4 connections that never pause. Writes ``figures.md``, ``figures.json``, ``figures.png``.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import report
from benchmarks.commands import IMPORTED_ROWS, SWEEP_SECONDS, SWEPT, Work, alone, beside_readers, everything_due, export
from benchmarks.load import CONNECTIONS, Browser, Timing
from benchmarks.pages import Page, lead_pages, open_all, pages, record_phq9
from benchmarks.population import PASSWORD, Population, populate
from benchmarks.reconciling import reconcile_each
from benchmarks.report import Figure
from benchmarks.serving import WORKERS, environment_of, serving
from registry import create_app
from registry.extensions import db
from tests.databases import MigratedDatabase, PostgresqlDatabase, SqliteDatabase

CLINIC = 1_000
"""Patients of the clinic somebody signs in to."""
SIZES = (1_000, 10_000, 100_000)
SCORES = 20
FEW_REQUESTS = 3
"""Per connection, of what nobody waits for: everybody counted anew takes seconds."""


class Bench:
    """One database of one size."""

    def __init__(
        self, database: MigratedDatabase, folder: Path, *, patients: int, each: int, with_commands: bool
    ) -> None:
        self.database, self.folder, self.patients, self.each = database, folder, patients, each
        self.with_commands = with_commands

    def figures(self) -> Iterator[Figure]:
        """Fill the database, serve it, and time everything."""
        began = time.perf_counter()
        population = self._populate()
        yield self._work("invent a population (patients)", time.perf_counter() - began, self.patients)
        settings = self.database.settings
        with serving("wsgi:app", environment_of(settings), ready="/health/live") as port:
            browsers = {
                role: [_signed_in(port, email) for _ in range(CONNECTIONS)] for role, email in population.emails.items()
            }
            for page in lead_pages(population, when=", nothing kept"):
                yield self._page(page.what, open_all(browsers[page.role], page, FEW_REQUESTS))
            seconds = alone(["caseload", "count"], environment_of(settings))
            yield self._work("count the panels, as every minute", seconds, self.patients)
            for page in pages(population):
                yield self._page(page.what, open_all(browsers[page.role], page, self.each), *page.budget)
            people = iter(population.unmeasured)
            one_at_a_time = record_phq9(browsers["manager"][:1], people, self.each)
            yield self._page("record a PHQ-9, one at a time", one_at_a_time, 30)
            yield self._page("record a PHQ-9", record_phq9(browsers["manager"], people, self.each), 30)
            for page in lead_pages(population, when=", a clinic just changed"):
                yield self._page(page.what, open_all(browsers[page.role], page, self.each), *page.budget)
            if self.with_commands:
                yield from self._commands(browsers["manager"])
        yield self._reconciling(population, people)
        yield from self._baselines(population)

    def _populate(self) -> Population:
        app = create_app(self.database.settings)
        with app.app_context():
            population = populate(clinics=self.patients // CLINIC, patients_each=CLINIC, scores_each=SCORES)
            db.engine.dispose()
        self.database.make_durable()
        return population

    def _commands(self, readers: Sequence[Browser]) -> Iterator[Figure]:
        environment = environment_of(self.database.settings)
        statement, due = everything_due(self.patients)
        alone(["alerts", "sweep"], environment)  # the first of a new registry takes everybody
        self.database.rewrite(statement)
        budget = SWEEP_SECONDS[self.database.name] if due == SWEPT else None
        seconds = alone(["alerts", "sweep"], environment)
        yield self._work(f"sweep of {due:,} due, nobody reading", seconds, due, budget=budget)
        self.database.rewrite(statement)
        sweep = beside_readers(["alerts", "sweep"], environment, readers)
        yield from self._both("the sweep", f"sweep of {due:,} due beside readers", sweep, due)
        file, mapping = export(self.folder)
        command = ["import", "measurements", str(file), "--mapping", str(mapping), "--clinic", "Clinic 0", "--commit"]
        work = beside_readers(command, environment, readers)
        yield from self._both("the import", "import, enrolling, beside readers", work, IMPORTED_ROWS)

    def _reconciling(self, population: Population, people: Iterator[uuid.UUID]) -> Figure:
        app = create_app(self.database.settings)
        with app.app_context():
            timing = reconcile_each(population, people, self.each)
            db.engine.dispose()
        return replace(self._page("reconcile one person, inside a write", timing, 5), most_sent=None, most_decoded=None)

    def _both(self, name: str, what: str, work: Work, number: int) -> Iterator[Figure]:
        yield self._work(what, work.seconds, number)
        yield self._page(f"caseload during {name}", work.readers, None, 250)

    def _baselines(self, population: Population) -> Iterator[Figure]:
        environment = {
            "BENCH_DATABASE_URL": self.database.settings.app_database_url,
            "BENCH_CLINIC": str(population.clinic_id),
        }
        for name, each in (("bare", self.each), ("naive", max(3, self.each // 20))):
            with serving(f"benchmarks.baselines:{name}()", environment, ready="/") as port:
                browsers = [Browser(port) for _ in range(CONNECTIONS)]
                yield self._page(f"baseline: {name}", open_all(browsers, Page("baseline", ["/"]), each))

    def _page(self, what: str, timing: Timing, p50: float | None = None, p95: float | None = None) -> Figure:
        return Figure(
            database=self.database.name,
            patients=self.patients,
            what=what,
            p50=timing.quantile(0.5),
            p95=timing.quantile(0.95),
            worst=max(timing.milliseconds),
            per_second=timing.per_second,
            p50_budget=p50,
            p95_budget=p95,
            errors=timing.errors,
            most_sent=timing.most_sent,
            most_decoded=timing.most_decoded,
        )

    def _work(self, what: str, seconds: float, number: int, *, budget: float | None = None) -> Figure:
        return Figure(
            database=self.database.name,
            patients=self.patients,
            what=what,
            p50=None,
            p95=None,
            worst=None,
            per_second=number / seconds,
            seconds=seconds,
            seconds_budget=budget,
        )


def _signed_in(port: int, email: str) -> Browser:
    browser = Browser(port)
    browser.sign_in(email, PASSWORD)
    return browser


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=list(SIZES), help="multiples of 1,000")
    parser.add_argument("--requests", type=int, default=60, help="per connection and page")
    parser.add_argument("--pages-only", action="store_true", help="without the sweep and the import")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    chosen = parser.parse_args()
    found: list[Figure] = []
    for patients in chosen.patients:
        for name in chosen.database or ["sqlite", "postgresql"]:
            with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
                kind = SqliteDatabase if name == "sqlite" else PostgresqlDatabase
                database: MigratedDatabase = kind(Path(folder))
                bench = Bench(
                    database,
                    Path(folder),
                    patients=patients,
                    each=chosen.requests,
                    with_commands=not chosen.pages_only,
                )
                for figure in bench.figures():
                    found.append(figure)
                    print(figure.row(), flush=True)
                database.close()
    report.write(
        found,
        conditions=(
            f"{SCORES} scores a patient; the signed-in clinic has {CLINIC:,} patients, the lead sees all clinics. "
            f"gunicorn with {WORKERS} sync workers; {CONNECTIONS} connections without a pause between requests, "
            f"{chosen.requests} requests each; every page with its access recorded."
        ),
    )


if __name__ == "__main__":
    main()
