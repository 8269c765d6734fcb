"""What a file may be: its encoding, delimiter, header and rows, and the answer to each that is not a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.exchange.reading import LONGEST_FIELD, LONGEST_LINE, Malformed, SourceRow, UnreadableFile, open_table


def read(path: Path) -> tuple[tuple[str, ...], list[SourceRow | Malformed]]:
    with open_table(path) as table:
        return table.header, list(table.rows)


def a_file(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    path = folder / "scores.csv"
    path.write_bytes(content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_way_to_write_a_table_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    content = f"id{delimiter}name\r\n7{delimiter}Zoë\r\n"

    header, rows = read(a_file(tmp_path, content, encoding))

    assert header == ("id", "name")
    assert rows == [SourceRow(2, {"id": "7", "name": "Zoë"})]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    _, rows = read(a_file(tmp_path, 'id,note\n1,"two\nlines"\n\n2,one\n'))

    assert [(row.number, list(row.raw)) for row in rows] == [(2, ["1", "two\nlines"]), (4, ["2", "one"])]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1", "has 1 fields, the header has 2"),
        ("1,2,3", "has 3 fields, the header has 2"),
        ("1,a\0b", "note holds a NUL character"),
        ("1," + "x" * (LONGEST_FIELD + 1), "note is longer than 10,000 characters"),
        ('1,"a"b', "cannot be read as fields: ',' expected after '\"'"),
    ],
)
def test_a_row_that_is_no_row_is_named_and_the_next_is_read(tmp_path: Path, line: str, reason: str) -> None:
    _, rows = read(a_file(tmp_path, f"id,note\n{line}\n2,fine\n"))

    bad, good = rows
    assert isinstance(bad, Malformed)
    assert (bad.number, bad.reason) == (2, reason)
    assert good == SourceRow(3, {"id": "2", "note": "fine"})


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"", "the file is empty"),
        (b"\n1,2\n", "the file is empty"),
        (b"id,,note\n", "column 2 has no name"),
        (b"id,id\n", "two columns are called id"),
        (b"id,na\0me\n", "its header holds a NUL character"),
        ("id,note\n1,2\n".encode("utf-16-le"), "looks like UTF-16 without a byte order mark"),
        (b"id,note\n1,caf\xe9\n", "is not UTF-8: save the file as UTF-8"),
        (b"id,note\n1," + b"x" * LONGEST_LINE + b"\n", "is longer than 1,000,000 characters"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_what_to_do(tmp_path: Path, content: bytes, answer: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_bytes(content)

    with pytest.raises(UnreadableFile, match=answer):
        read(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read: No such file"):
        read(tmp_path / "nothing.csv")


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    with (
        open_table(a_file(tmp_path, "id,taken\n")) as table,
        pytest.raises(UnreadableFile, match="missing columns q1, q2; the file has id, taken"),
    ):
        table.require(["id", "q1", "q2", "q1"])
