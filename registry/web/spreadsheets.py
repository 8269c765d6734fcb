"""Tables as files: CSV, and the workbook that Excel, LibreOffice and Numbers open.

Nothing in a cell is ever a formula. In a workbook text is stored as text; in CSV, where a program that opens the file
decides, text that could begin a formula stands behind an apostrophe (OWASP, CSV injection).

The workbook is written here, with the standard library: one sheet, text, numbers and dates are four small files in a
ZIP (ECMA-376), less to answer for than a package that can read and write everything.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias
from xml.sax.saxutils import escape

Value: TypeAlias = str | int | Decimal | date | None
"""What a cell holds. None is empty: missing is not zero."""

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_BEFORE_1900 = date(1899, 12, 30)
"""Day 0 of the calendar of workbooks, for every day after February 1900."""
_LETTERS = 26
_LONGEST_TEXT = 32_767
"""Of a cell, by the format."""

_DATE_STYLE, _HEADING_STYLE = 1, 2

_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        '<Override PartName="/xl/styles.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" '
        'Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
        '<fonts count="2"><font/><font><b/></font></fonts>'
        '<fills count="2"><fill/><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="3"><xf/><xf numFmtId="164" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs>'
        "</styleSheet>"
    ),
}


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """The table as CSV, with the mark by which Excel knows that it is UTF-8."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([_harmless(heading) for heading in headings])
    writer.writerows([_in_csv(value) for value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _in_csv(value: Value) -> str:
    if value is None:
        return ""
    return _harmless(value) if isinstance(value, str) else str(value)


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) else text


def as_workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """The table as an Excel workbook of one sheet, its headings held in view."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in _PARTS.items():
            package.writestr(name, _declared(content))
        package.writestr("xl/workbook.xml", _declared(_workbook(title)))
        package.writestr("xl/worksheets/sheet1.xml", _declared("".join(_sheet(headings, rows))))
    return file.getvalue()


def _declared(content: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{content}'


def _workbook(title: str) -> str:
    return (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f'<sheets><sheet name="{escape(title, _QUOTES)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


_QUOTES = {'"': "&quot;"}


def _sheet(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    yield '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>'
    yield '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    yield "</sheetView></sheetViews><sheetData>"
    yield _row(1, headings, style=_HEADING_STYLE)
    for number, row in enumerate(rows, start=2):
        yield _row(number, row)
    yield "</sheetData></worksheet>"


def _row(number: int, values: Sequence[Value], *, style: int = 0) -> str:
    cells = "".join(_cell(f"{_column(place)}{number}", value, style) for place, value in enumerate(values))
    return f'<row r="{number}">{cells}</row>'


def _cell(reference: str, value: Value, style: int) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        text = escape("".join(sign for sign in value if sign.isprintable() or sign == "\n")[:_LONGEST_TEXT])
        return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if isinstance(value, date):
        return f'<c r="{reference}" s="{_DATE_STYLE}"><v>{(value - _BEFORE_1900).days}</v></c>'
    return f'<c r="{reference}"><v>{value}</v></c>'


def _column(place: int) -> str:
    """A, B, … Z, AA: the letters of the column at this place, from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters
