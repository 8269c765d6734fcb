"""Files that hold what they were given: no formula, no lost zero, no invented one."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from registry.web.spreadsheets import Value, as_csv, as_workbook

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        (" =1", "' =1"),
        ("O'Brien", "O'Brien"),
        (-3, "-3"),
        (0, "0"),
        (None, ""),
        (Decimal("7.5"), "7.5"),
        (date(2026, 3, 12), "2026-03-12"),
    ],
)
def test_a_value_in_csv_is_no_formula_and_stays_what_it_is(value: Value, written: str) -> None:
    assert as_csv(["H"], [[value, "x"]]).decode("utf-8-sig").splitlines()[1] == f"{written},x"


def test_a_workbook_holds_text_as_text_and_numbers_and_dates_as_such() -> None:
    row: list[Value] = ["=1+1", "Zoë & <b>\x00", 0, Decimal("-2.5"), date(2026, 3, 12), None]
    package = zipfile.ZipFile(io.BytesIO(as_workbook("Caseload", [f"H{n}" for n in range(28)], [row])))

    for name in package.namelist():
        ElementTree.fromstring(package.read(name))  # noqa: S314  # made a line above
    sheet = ElementTree.fromstring(package.read("xl/worksheets/sheet1.xml"))  # noqa: S314  # likewise
    cells = {str(cell.get("r")): cell for cell in sheet.iter(f"{SHEET}c")}
    assert "AB1" in cells
    assert ["".join(cells[f"{column}2"].itertext()) for column in "ABCDE"] == [
        "=1+1",
        "Zoë & <b>",
        "0",
        "-2.5",
        "46093",
    ]
    assert (cells["A2"].get("t"), cells["E2"].get("s"), "F2" in cells) == ("inlineStr", "1", False)
    assert not list(sheet.iter(f"{SHEET}f"))
