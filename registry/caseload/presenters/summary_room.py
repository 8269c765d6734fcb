"""What one printed page has room for. What it has none for is left out, and the page says what that is.

Counted in half lines: a line of one of the two columns. The numbers are those of the print rules in ``app.css``, on the
shorter of the two papers (Letter), rounded so that the page is never over-full; a real browser proves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from registry.caseload.presenters.summary_sections import Line, Section

_PAGE = 168
_HEADING = 2
_ROW = 3
_LETTERS = 76
_STEPS = (
    (1_200, 16),
    (500, 14),
    (300, 12),
    (200, 10),
    (170, 9),
    (140, 8),
    (120, 7),
    (100, 6),
    (80, 4),
    (70, 3),
)
"""Tighter and tighter: letters a fact may have, and facts a section may have. What is needed at once is never left out,
and shortened only where somebody wrote whole pages."""
_VITAL = 3
"""So many times as long may a fact be that is needed at once."""


@dataclass(slots=True)
class _Cut:
    """Sections as they fit, and what that left out."""

    sections: list[Section]
    left_out: list[str] = field(default_factory=list)


def on_one_page(sections: Sequence[Section]) -> tuple[list[Section], str]:
    """The sections as one page holds them, and in words what was left out; empty where nothing was."""
    cuts = (_cut(sections, longest, most) for longest, most in _STEPS)
    cut = next((each for each in cuts if _height(each.sections) <= _PAGE), None) or _cut(sections, *_STEPS[-1])
    said = "; ".join(cut.left_out)
    return cut.sections, f"Left out to keep to one page, and in the record: {said}" if said else ""


def _height(sections: Iterable[Section]) -> int:
    return sum(_HEADING * (2 if each.is_wide else 1) + _rows(each) + _lines(each) for each in sections)


def _rows(section: Section) -> int:
    return 0 if section.table is None or not section.table.rows else _ROW * (1 + len(section.table.rows))


def _lines(section: Section) -> int:
    """In a wide section two half lines side by side."""
    letters = _LETTERS * 2 if section.is_wide else _LETTERS
    each_of = 2 if section.is_wide else 1
    facts = [line.text for line in section.lines] or [section.empty]
    return each_of * sum(-(-max(len(part), 1) // letters) for text in facts for part in text.split("\n"))


def _cut(sections: Sequence[Section], longest: int, most: int) -> _Cut:
    cut = _Cut([])
    for section in sections:
        kept, over = _needed_first(section.lines, most)
        if over:
            cut.left_out.append(f"{over} more of {section.title}")
        lines = [_shortened(each, longest * _VITAL if each.is_vital else longest) for each in kept]
        ends = [each.label for each, whole in zip(lines, kept, strict=True) if each != whole]
        if ends:
            cut.left_out.append(f"the end of {', '.join(dict.fromkeys(ends))} in {section.title}")
        table = section.table
        if table is not None and len(table.rows) > most:
            cut.left_out.append(f"{len(table.rows) - most} more of {table.caption}")
            table = replace(table, rows=table.rows[:most])
        cut.sections.append(replace(section, lines=lines, table=table))
    return cut


def _needed_first(lines: Sequence[Line], most: int) -> tuple[list[Line], int]:
    """As many as there is room for, in their order, those needed at once among them; and how many are not."""
    others = [each for each in lines if not each.is_vital]
    room = max(most - (len(lines) - len(others)), 0)
    gone = {id(each) for each in others[room:]}
    return [each for each in lines if id(each) not in gone], len(gone)


def _shortened(line: Line, longest: int) -> Line:
    if len(line.value) <= longest:
        return line
    return replace(line, value=f"{line.value[:longest].rsplit(' ', 1)[0].rstrip(' ,;.')} …")
