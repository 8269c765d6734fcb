"""The quarantine file: readable by its owner alone, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest

from registry.exchange.quarantine import harmless, quarantine_file


def test_it_holds_row_number_reason_and_the_fields_as_they_came(tmp_path: Path) -> None:
    path = tmp_path / "refused.csv"

    with quarantine_file(path, ["id", "q1"]) as quarantine:
        quarantine.add(7, "q1 is 'None'", ["Zoë", "None"])

    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["row", "reason", "id", "q1"], ["7", "q1 is 'None'", "Zoë", "None"]]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_older_one_is_replaced_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "refused.csv"
    path.write_text("from an earlier run, and longer than what comes now\n" * 10)
    path.chmod(0o644)

    with quarantine_file(path, ["id"]) as quarantine:
        quarantine.add(2, "id is empty", [""])

    assert "earlier" not in path.read_text(encoding="utf-8-sig")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_refused_row_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "refused.csv"

    with quarantine_file(path, ["id"]):
        pass

    assert not path.exists()


def test_it_follows_no_link_to_another_file(tmp_path: Path) -> None:
    other = tmp_path / "important"
    other.write_text("stays")
    link = tmp_path / "refused.csv"
    link.symlink_to(other)

    with pytest.raises(OSError, match=r"symbolic|loop|link"), quarantine_file(link, ["id"]):
        pass

    assert other.read_text() == "stays"


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("-3", "-3"),
        ("+1.5", "+1.5"),
        ("a=b", "a=b"),
        ("a\0b", "a␀b"),
    ],
)
def test_no_field_runs_as_a_formula(field: str, written: str) -> None:
    assert harmless(field) == written
