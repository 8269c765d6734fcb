"""``make bench``: pages of a clinic of 1,000 among 10,000 patients with 20 scores each, on both databases.

Serves with gunicorn, 2 sync workers; 4 connections. Writes ``benchmarks/figures.md``.
"""

from __future__ import annotations

import argparse
import platform
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.load import CONNECTIONS, Browser, Timing, filled_form, fresh_key, timed
from benchmarks.population import PASSWORD, Population, populate
from config import ROOT, Settings
from registry import create_app
from registry.extensions import db
from tests.databases import MigratedDatabase, PostgresqlDatabase, SqliteDatabase

FIGURES = Path(__file__).with_name("figures.md")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. Budgets in milliseconds; ``None`` where none was set."""

    database: str
    what: str
    timing: Timing
    p50_budget: float | None = None
    p95_budget: float | None = None

    def row(self) -> str:
        p50, p95 = self.timing.quantile(0.5), self.timing.quantile(0.95)
        return (
            f"| {self.database} | {self.what} | {p50:.1f} | {_budget(self.p50_budget)} | {p95:.1f} | "
            f"{_budget(self.p95_budget)} | {self.timing.per_second:.0f} | {self.timing.errors} |"
        )


def _budget(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


@contextmanager
def serving(settings: Settings) -> Iterator[int]:
    """The program behind gunicorn on a free port, as the demo serves it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        "PATH": "/usr/bin:/bin",
        "REGISTRY_ENV": "test",
        "REGISTRY_SECRET_KEY": settings.secret_key,
        "REGISTRY_DATABASE_URL": settings.app_database_url,
        "REGISTRY_DATA": str(settings.data_folder),
        "REGISTRY_INSECURE_COOKIES": "yes",
        "REGISTRY_LOG_LEVEL": "WARNING",
    }
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--worker-class", "sync",
        "--no-control-socket", "--log-level", "warning", "wsgi:app",
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def measure(database: MigratedDatabase, *, patients: int, scores: int, each: int) -> Iterator[Figure]:
    """Fill one database, serve it, time its pages."""
    app = create_app(database.settings)
    began = time.perf_counter()
    with app.app_context():
        population = populate(clinics=10, patients_each=patients // 10, scores_each=scores)
        db.engine.dispose()
    seconds = time.perf_counter() - began
    print(f"{database.name}: {population.scores:,} scores of {population.patients:,} people in {seconds:.0f} s")
    with serving(database.settings) as port:
        browsers = [Browser(port) for _ in range(CONNECTIONS)]
        for browser in browsers:
            browser.sign_in(population.email, PASSWORD)
        lead = [Browser(port) for _ in range(CONNECTIONS)]
        for browser in lead:
            browser.sign_in(population.lead_email, PASSWORD)
        name = database.name
        yield Figure(name, "caseload, 50 rows", _pages(browsers, ["/caseload"], each), 50, 120)
        yield Figure(name, "caseload, sorted by name", _pages(browsers, ["/caseload?sort=name"], each))
        yield Figure(name, "my day", _pages(browsers, ["/my-day"], each))
        charts = [f"/patients/{patient_id}" for patient_id in population.patient_ids]
        yield Figure(name, "patient page", _pages(browsers, charts, each))
        yield Figure(name, "record a PHQ-9", _record(browsers, population, each), 30)
        yield Figure(name, "clinic page, one clinic", _pages(lead[:1] * CONNECTIONS, ["/clinic"], each))
        yield Figure(name, "caseload, all clinics (lead)", _pages(lead, ["/caseload"], each))


def _pages(browsers: Sequence[Browser], paths: Sequence[str], each: int) -> Timing:
    def request(browser: Browser, number: int) -> int:
        return browser.send("GET", paths[number % len(paths)])[0]

    timed(browsers, request, each=3)
    return timed(browsers, request, each=each)


def _record(browsers: Sequence[Browser], population: Population, each: int) -> Timing:
    roll = random.Random(2)
    path = f"/patients/{population.patient_ids[0]}/measures/new/phq-9"
    forms = [filled_form(browser.send("GET", path)[2], lambda _name, values: values[0]) for browser in browsers]
    kept = dict(zip(map(id, browsers), forms, strict=True))
    jars = {id(browser): dict(browser.cookies) for browser in browsers}

    def request(browser: Browser, number: int) -> int:
        patient_id = population.patient_ids[number % len(population.patient_ids)]
        browser.cookies = dict(jars[id(browser)])  # nobody opens the page after: its messages would pile up
        fields = {**kept[id(browser)], "form_key": fresh_key()}
        for name in fields:
            if name.startswith(("item", "answer")) and not name.endswith("9"):
                fields[name] = str(roll.randrange(4))
        return browser.send("POST", f"/patients/{patient_id}/measures/new/phq-9", urlencode(fields))[0]

    timed(browsers, request, each=2)
    return timed(browsers, request, each=each)


def _machine() -> str:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return f"{model}, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--scores", type=int, default=20)
    parser.add_argument("--requests", type=int, default=100, help="per connection and page")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    chosen = parser.parse_args()
    lines: list[str] = []
    for name in chosen.database or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory(prefix="registry-bench-") as folder:
            database: MigratedDatabase = (
                SqliteDatabase(Path(folder)) if name == "sqlite" else PostgresqlDatabase(Path(folder))
            )
            for figure in measure(database, patients=chosen.patients, scores=chosen.scores, each=chosen.requests):
                lines.append(figure.row())
                print(lines[-1], flush=True)
            database.close()
    header = (
        "# Speed\n\n"
        f"{chosen.patients:,} patients × {chosen.scores} scores, the signed-in clinic has {chosen.patients // 10:,}; "
        f"gunicorn, 2 sync workers; {CONNECTIONS} connections, {chosen.requests} requests each; times in milliseconds, "
        f"every page with its access recorded. {datetime.now(UTC):%-d %B %Y}, {_machine()}.\n\n"
        "| database | what | p50 | budget | p95 | budget | per second | errors |\n"
        "|---|---|---:|---:|---:|---:|---:|---:|\n"
    )
    FIGURES.write_text(header + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
