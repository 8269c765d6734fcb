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
from plotly.subplots import make_subplots

from tests.e2e.browsers import launch_chromium

FOLDER = Path(__file__).parent
TABLE, NUMBERS, PICTURE = FOLDER / "figures.md", FOLDER / "figures.json", FOLDER / "figures.png"


_HEADINGS = (
    "database",
    "patients",
    "what",
    "p50 ms (budget)",
    "p95 ms (budget)",
    "worst ms",
    "kB sent (unpacked)",
    "per second",
    "errors",
)

MOST_BYTES = 100_000
"""An answer sends no more; what does stands out."""

MOST_GROWTH = 1.5
"""So many times as long what a clinic of fixed size does may take as the others grow; more stands out."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. Milliseconds as a browser saw them and the bytes of the largest answers; of a command its
    ``seconds`` and how much it does ``per_second``."""

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
    most_sent: int | None = None
    most_decoded: int | None = None
    seconds: float | None = None
    seconds_budget: float | None = None

    def row(self) -> str:
        cells = (
            self.database,
            f"{self.patients:,}",
            self._what_took(),
            _against(self.p50, self.p50_budget),
            _against(self.p95, self.p95_budget),
            _number(self.worst),
            self._kilobytes(),
            f"{self.per_second:,.0f}",
            str(self.errors),
        )
        return f"| {' | '.join(cells)} |"

    def _what_took(self) -> str:
        if self.seconds is None:
            return self.what
        seconds = f"{self.seconds:,.0f}"
        if self.seconds_budget is not None:
            seconds += f" {_sign(self.seconds, self.seconds_budget)} {self.seconds_budget:,.0f}"
        return f"{self.what}: {seconds} s"

    def _kilobytes(self) -> str:
        if self.most_sent is None or self.most_decoded is None:
            return _number(None)
        sent = f"{self.most_sent / 1000:,.0f}"
        return f"{sent if self.most_sent <= MOST_BYTES else f'**{sent}**'} ({self.most_decoded / 1000:,.0f})"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"


def _against(value: float | None, budget: float | None) -> str:
    if value is None or budget is None:
        return _number(value)
    return f"{_number(value)} {_sign(value, budget)} {budget:,.0f}"


def _sign(value: float, budget: float) -> str:
    return "≤" if value <= budget else "**>**"


def write(figures: Sequence[Figure], *, conditions: str) -> None:
    """Replace the table, the numbers and the picture of the last run."""
    is_growth = len({each.patients for each in figures}) > 1
    lines = [
        "# Speed",
        "",
        f"{conditions} {datetime.now(UTC):%-d %B %Y}, {machine()}.",
        "",
        *(["![Median times by number of patients](figures.png)", ""] if is_growth else []),
        f"| {' | '.join(_HEADINGS)} |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|",
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
            times = f"{most / p50:.2f} ×"
            marked = f"**{times}**" if most / p50 > MOST_GROWTH and "all clinics" not in what else times
            yield f"- {database}, {what}: {marked} from {sizes[0]:,} to {sizes[-1]:,} patients."


_TICKS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
_SHADES = ("#9fd0d2", "#3f969c", "#064a50")
"""Few patients to many."""
_DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_WIDTH, _ROW, _AROUND = 1200, 25, 170


def _draw(figures: Sequence[Figure]) -> None:
    """A row for each page, a dot for each number of patients: what grows is a long line."""
    timed = [each for each in figures if each.p50 is not None]
    slowest: dict[str, float] = {}
    for each in timed:
        slowest[each.what] = max(slowest.get(each.what, 0.0), each.p50 or 0.0)
    rows = sorted(slowest, key=lambda what: -slowest[what])
    picture = make_subplots(cols=2, shared_yaxes=True, horizontal_spacing=0.03, subplot_titles=[*_DATABASES.values()])
    for column, database in enumerate(_DATABASES, start=1):
        own = [each for each in timed if each.database == database]
        _draw_growth(picture, own, rows, column=column)
        _draw_budgets(picture, own, column=column)
    height = _ROW * len(rows) + _AROUND
    picture.update_xaxes(
        type="log", tickvals=_TICKS, ticktext=[f"{each:,}" for each in _TICKS], title="ms", range=[1, 3.8]
    )
    picture.update_yaxes(categoryorder="array", categoryarray=rows[::-1])
    picture.update_layout(
        title="Median milliseconds a request", template="plotly_white", width=_WIDTH, height=height, margin={"l": 240}
    )
    with sync_playwright() as browsers:
        browser = launch_chromium(browsers)
        page = browser.new_page(viewport={"width": _WIDTH, "height": height})
        page.set_content(picture.to_html(include_plotlyjs=True))
        page.wait_for_selector(".legend")
        page.locator(".plot-container").screenshot(path=PICTURE)
        browser.close()


def _draw_growth(picture: go.Figure, figures: Sequence[Figure], rows: Sequence[str], *, column: int) -> None:
    for what in rows:
        medians = [each.p50 for each in figures if each.what == what]
        picture.add_scatter(
            x=medians,
            y=[what] * len(medians),
            mode="lines",
            line={"color": "#c3ccd4"},
            showlegend=False,
            row=1,
            col=column,
        )
    sizes = sorted({each.patients for each in figures})
    for patients, shade in zip(sizes, _SHADES[-len(sizes) :], strict=True):
        found = [each for each in figures if each.patients == patients]
        picture.add_scatter(
            x=[each.p50 for each in found],
            y=[each.what for each in found],
            mode="markers",
            marker={"color": shade, "size": 9},
            name=f"{patients:,} patients",
            showlegend=column == 1,
            row=1,
            col=column,
        )


def _draw_budgets(picture: go.Figure, figures: Sequence[Figure], *, column: int) -> None:
    budgets = {each.what: each.p50_budget for each in figures if each.p50_budget is not None}
    picture.add_scatter(
        x=list(budgets.values()),
        y=list(budgets),
        mode="markers",
        marker={"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": "#b3261e"}},
        name="budget",
        showlegend=column == 1,
        row=1,
        col=column,
    )


def machine() -> str:
    """The processor, how many of it, the system and Python."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.split(":")[1].strip() for line in lines if "model name" in line] or [platform.machine()]
    return f"{len(models)} × {models[0]}, {platform.system()} {platform.release()}, Python {platform.python_version()}"
