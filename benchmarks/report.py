"""The figures of a run: a table to read, a picture to look at, numbers to compare the next run with."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import plotly.graph_objects as go
from playwright.sync_api import sync_playwright

from tests.e2e.browsers import launch_chromium

FOLDER = Path(__file__).parent
TABLE, NUMBERS, PICTURE = FOLDER / "figures.md", FOLDER / "figures.json", FOLDER / "figures.png"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. Milliseconds as a browser saw them, or ``per_second`` alone for a command."""

    database: str
    patients: int
    what: str
    p50: float | None
    p95: float | None
    worst: float | None
    per_second: float
    p50_budget: float | None = None
    p95_budget: float | None = None
    errors: int = 0

    def row(self) -> str:
        cells = (
            self.database,
            f"{self.patients:,}",
            self.what,
            _against(self.p50, self.p50_budget),
            _against(self.p95, self.p95_budget),
            _number(self.worst),
            f"{self.per_second:,.0f}",
            str(self.errors),
        )
        return f"| {' | '.join(cells)} |"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"


def _against(value: float | None, budget: float | None) -> str:
    if value is None or budget is None:
        return _number(value)
    return f"{_number(value)} {'≤' if value <= budget else '**>**'} {budget:,.0f}"


def write(figures: Sequence[Figure], *, conditions: str) -> None:
    """Replace the table, the numbers and the picture of the last run."""
    is_growth = len({each.patients for each in figures}) > 1
    lines = [
        "# Speed",
        "",
        f"{conditions} {datetime.now(UTC):%-d %B %Y}, {machine()}.",
        "",
        *(["![Median times by number of patients](figures.png)", ""] if is_growth else []),
        "| database | patients | what | p50 ms (budget) | p95 ms (budget) | worst ms | per second | errors |",
        "|---|---:|---|---:|---:|---:|---:|---:|",
        *(figure.row() for figure in figures),
        "",
        "## Ratios",
        "",
        *ratios(figures),
    ]
    TABLE.write_text("\n".join(lines) + "\n")
    NUMBERS.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n")
    PICTURE.unlink(missing_ok=True)
    if is_growth:  # of one size there is nothing to draw
        _draw(figures)


def ratios(figures: Sequence[Figure]) -> Iterable[str]:
    """The caseload against its baselines, and what grew from the fewest to the most patients."""
    medians = {(each.database, each.patients, each.what): each.p50 for each in figures if each.p50 is not None}
    for (database, patients, what), p50 in medians.items():
        bare, naive = (medians.get((database, patients, f"baseline: {name}")) for name in ("bare", "naive"))
        if what == "caseload" and bare and naive:
            yield (
                f"- {database}, {patients:,} patients: the caseload takes {p50 / bare:.1f} × the bare page, "
                f"the naive page {naive / p50:.1f} × the caseload."
            )
    sizes = sorted({each.patients for each in figures})
    for (database, patients, what), p50 in medians.items():
        most = medians.get((database, sizes[-1], what))
        if patients == sizes[0] != sizes[-1] and most is not None:
            yield f"- {database}, {what}: {most / p50:.2f} × from {sizes[0]:,} to {sizes[-1]:,} patients."


def _draw(figures: Sequence[Figure]) -> None:
    picture = go.Figure()
    for database, dash in (("sqlite", "solid"), ("postgresql", "dot")):
        for what in dict.fromkeys(each.what for each in figures if each.p50 is not None):
            points = [each for each in figures if (each.database, each.what) == (database, what)]
            if points:
                picture.add_scatter(
                    x=[each.patients for each in points],
                    y=[each.p50 for each in points],
                    name=f"{what}, {database}",
                    mode="lines+markers",
                    line={"dash": dash},
                )
    picture.update_layout(
        title="Median milliseconds a request, by patients in the database",
        template="plotly_white",
        width=1200,
        height=760,
    )
    picture.update_xaxes(type="log", title="patients")
    picture.update_yaxes(type="log", title="ms")
    with sync_playwright() as browsers:
        browser = launch_chromium(browsers)
        page = browser.new_page(viewport={"width": 1200, "height": 760})
        page.set_content(picture.to_html(include_plotlyjs=True))
        page.wait_for_selector(".legend")
        page.screenshot(path=PICTURE)
        browser.close()


def machine() -> str:
    """The processor, how many of it, the system and Python."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.split(":")[1].strip() for line in lines if "model name" in line] or [platform.machine()]
    return f"{len(models)} × {models[0]}, {platform.system()} {platform.release()}, Python {platform.python_version()}"
