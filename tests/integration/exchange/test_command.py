"""``flask import measurements``: what the operator sees."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from registry.exchange.commands import measurements
from registry.measurements.models import Measurement
from tests.integration.exchange.files import MAPPING, Importer, a_row, count


def flask_import(*words: str | Path) -> Result:
    """Within the context of the test: the command needs no second one."""
    return CliRunner().invoke(measurements, [str(word) for word in words])


@pytest.fixture
def files(importer: Importer) -> tuple[Path, Path]:
    return importer.write([a_row("a1"), a_row("a2", "None")])


def run(*words: str | Path) -> Result:
    return flask_import(*words, "--clinic", "Harbour Clinic")


def test_without_commit_it_says_what_would_happen_and_stores_nothing(files: tuple[Path, Path]) -> None:
    file, mapping = files

    result = run(file, "--mapping", mapping)

    assert result.exit_code == 0, result.output
    assert (
        "2 rows read\n1 would be imported (1 people added, 0 enrolled)\n0 already there\n1 quarantined" in result.output
    )
    assert "Nothing was stored. Run again with --commit to store it." in result.output
    assert count(Measurement) == 0


def test_with_commit_it_stores_and_puts_the_rest_aside(files: tuple[Path, Path]) -> None:
    file, mapping = files

    result = run(file, "--mapping", mapping, "--commit")

    assert result.exit_code == 0, result.output
    assert count(Measurement) == 1
    aside = file.with_name("export.csv.quarantine.csv")
    assert "3,q1 is 'None': expected a whole number,a2,Ada,Example" in aside.read_text(encoding="utf-8-sig")
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert "Example" not in result.output


@pytest.mark.parametrize(
    ("mapping", "answer"),
    [
        (MAPPING.replace('column = "taken"', 'column = "date"'), "missing column date; the file has mrn, first, last"),
        (MAPPING.replace('"phq-9"', '"phq-19"'), "map.toml:2: instrument: there is no instrument phq-19"),
        (MAPPING + '[people]\nfile = "people.csv"\nkey = "mrn"\n', "people.csv: cannot be read: No such file"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_stored(importer: Importer, mapping: str, answer: str) -> None:
    file, toml = importer.write([a_row("a1")], mapping=mapping)

    result = run(file, "--mapping", toml, "--commit")

    assert result.exit_code == 1
    assert answer in result.output
    assert count(Measurement) == 0


def test_an_unknown_clinic_is_named(files: tuple[Path, Path]) -> None:
    result = flask_import(files[0], "--mapping", files[1], "--clinic", "Nowhere")

    assert result.exit_code == 1
    assert "there is no clinic named Nowhere" in result.output


def test_a_quarantine_that_cannot_be_written_stores_nothing(files: tuple[Path, Path]) -> None:
    file, mapping = files

    result = run(file, "--mapping", mapping, "--commit", "--quarantine", file.parent / "nowhere" / "q.csv")

    assert result.exit_code == 1
    assert "cannot be written (No such file or directory): name another with --quarantine" in result.output
    assert count(Measurement) == 0
