"""The import contracts of pyproject.toml refuse what they are written to refuse.

A contract that names a module wrongly is kept by every program. So each is tried on a small false one.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository.files import ROOT, python_files

DOWNWARDS = "features depend downwards only"
ROOMS_IN_ORDER = "within a feature: views, then presenters and forms, then actions, then queries, then models"
TABLES = "tables know nothing of the web nor of any feature's reads, writes and pages"
READS_AND_WRITES = "reads and writes know nothing of forms and pages"
RULES = "rules are pure: values in, values out"
MEASURES = "measures are pure, and know no other room"
PANDAS = "only quality imports pandas"
PLOTLY = "only charts import plotly"

VIOLATIONS = [
    (DOWNWARDS, "registry.access.scope", "registry.accounts.models"),
    (DOWNWARDS, "registry.measurements.actions", "registry.contacts.models"),
    (DOWNWARDS, "registry.patients.actions", "registry.alerts.models"),
    (DOWNWARDS, "registry.caseload.queries", "registry.case_review.queue"),
    (ROOMS_IN_ORDER, "registry.alerts.queries", "registry.alerts.actions"),
    (ROOMS_IN_ORDER, "registry.caseload.presenters", "registry.caseload.forms"),
    (TABLES, "registry.alerts.models", "flask"),
    (TABLES, "registry.alerts.models", "registry.patients.queries"),
    (READS_AND_WRITES, "registry.alerts.queries", "wtforms"),
    (READS_AND_WRITES, "registry.alerts.actions", "registry.patients.views"),
    (RULES, "registry.alerts.rules", "sqlalchemy"),
    (MEASURES, "registry.measures.scoring", "registry.patients.rules"),
    (MEASURES, "registry.measures.scoring", "sqlalchemy"),
    (PANDAS, "registry.caseload.presenters", "pandas"),
    (PLOTLY, "registry.caseload.presenters", "plotly"),
]

ROOMS = ["models", "rules", "queries", "actions", "forms", "presenters", "views"]


@pytest.fixture(scope="module")
def false_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program with the modules of ours, and nothing in them."""
    program = tmp_path_factory.mktemp("false_program")
    shutil.copy(ROOT / "pyproject.toml", program)
    ours = [path.relative_to(ROOT) for path in python_files("registry")]
    features = {path.parents[-3] for path in ours if len(path.parts) > 2}
    rooms = [feature / f"{room}.py" for feature in features for room in ROOMS]
    for path in (*ours, *rooms, Path("registry/charts/figures.py"), Path("registry/quality/__init__.py")):
        (program / path).parent.mkdir(parents=True, exist_ok=True)
        (program / path).touch()
    (program / "registry" / "charts" / "figures.py").write_text("import plotly\n")
    (program / "registry" / "quality" / "reports.py").write_text("import pandas\n")
    return program


@pytest.fixture(scope="module")
def honest_report(false_program: Path) -> str:
    """What the linter says before anything is imported against the direction."""
    return _report(false_program)


@pytest.fixture(scope="module")
def report(false_program: Path, honest_report: str) -> str:
    """What it says once every violation is there."""
    assert "0 broken" in honest_report
    for _contract, importer, imported in VIOLATIONS:
        path = false_program / Path(*importer.split(".")).with_suffix(".py")
        path.write_text(f"{path.read_text()}import {imported}\n")
    return _report(false_program)


def _report(program: Path) -> str:
    lint_imports = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run(
        [lint_imports, "--no-cache"],
        cwd=program,
        env={"PATH": "", "COLUMNS": "300", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout


def test_a_program_of_rooms_in_order_keeps_every_contract(honest_report: str) -> None:
    assert "0 broken" in honest_report


@pytest.mark.parametrize(("contract", "importer", "imported"), VIOLATIONS)
def test_an_import_against_the_direction_is_refused(report: str, contract: str, importer: str, imported: str) -> None:
    _summary, _broken, explained = report.partition("Broken contracts")
    _before, _name, complaint = explained.partition(f"\n{contract}\n")

    assert f"{contract} BROKEN" in report
    assert f"{importer} -> {imported}" in complaint
