"""``flask instruments`` and ``flask measurements``, as an operator sees them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from registry.access import scope
from registry.db.transaction import write
from registry.extensions import db
from registry.measurements.instruments import catalogue, is_ready, sync_instruments
from registry.measurements.models import InstrumentVersion, MeasurementScore, SafetyItem, StandingRow
from registry.measurements.wordings import in_words
from tests.integration.measurements.people import Person, phq9_total, record

SHIPPED = Path(__file__).parents[3] / "instruments"


def run(app: Flask, *command: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(command))
    return result.exit_code, result.output


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The clinic's own instruments."""
    from dataclasses import replace

    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], extra_instruments_folder=tmp_path))
    return tmp_path


def test_every_shipped_file_passes_the_check(app: Flask) -> None:
    code, output = run(app, "instruments", "check")

    assert code == 0
    assert "phq-9 version 1, safety item 9" in output


def test_a_wrong_file_is_named_by_its_line(app: Flask, folder: Path) -> None:
    text = (SHIPPED / "phq-9.toml").read_text(encoding="utf-8").replace('version = "1"', 'version = "first"', 1)
    (folder / "phq-9.toml").write_text(text, encoding="utf-8")

    code, output = run(app, "instruments", "check")

    assert code == 1
    assert re.search(r"phq-9\.toml:3: version", output)


@pytest.mark.parametrize("migrated_database", ["sqlite"], indirect=True)
def test_files_nobody_wrote_by_hand_are_named_and_none_ends_the_check(app: Flask, folder: Path) -> None:
    (folder / "deep.toml").write_text(f"id = {'[' * 5000}", encoding="utf-8")
    (folder / "long.toml").write_text(f"id = {'9' * 5000}", encoding="utf-8")
    (folder / "other.toml").write_text('id = "other"\nextends = "other"\n', encoding="utf-8")

    code, output = run(app, "instruments", "check")

    assert code == 1
    assert "Traceback" not in output
    for file, reason in (("deep.toml", "nested too deeply"), ("long.toml", "digits"), ("other.toml:2", "extends")):
        assert re.search(rf"{file}: .*{reason}", output), output
    assert run(app, "instruments", "sync")[0] == 1


WORDING = """
instrument = "asrm"
version = "1"
language = "en"
notice = "Licensed to a clinic, agreement 12"
validation = { source = "the published form", status = "verified" }
[items]
1 = { text = "One" }
2 = { text = "Two" }
3 = { text = "Three" }
4 = { text = "Four" }
5 = { text = "Five" }
"""


def test_a_wording_of_the_clinic_is_used_and_a_wrong_one_named_by_its_line(app: Flask, folder: Path) -> None:
    (folder / "wordings").mkdir()
    file = folder / "wordings" / "asrm.en.toml"
    file.write_text(WORDING, encoding="utf-8")

    with app.app_context():
        shown = in_words(catalogue().get("asrm"), "en")
        assert [item.label for item in shown.items] == ["One", "Two", "Three", "Four", "Five"]
        assert in_words(catalogue().get("asrm"), "fr") is catalogue().get("asrm")
    assert run(app, "instruments", "check")[0] == 0

    file.write_text(WORDING.replace("5 =", "6 ="), encoding="utf-8")
    code, output = run(app, "instruments", "check")
    assert (code, re.search(r"asrm\.en\.toml:\d+: items 6: is no item of this instrument", output) is not None) == (
        1,
        True,
    )
    assert run(app, "instruments", "sync")[0] == 1


def test_the_same_version_in_both_folders_is_refused(app: Flask, folder: Path) -> None:
    (folder / "phq-9.toml").write_bytes((SHIPPED / "phq-9.toml").read_bytes())

    assert run(app, "instruments", "check")[0] == 1
    code, output = run(app, "instruments", "sync")
    assert (code, "phq-9 version 1 is defined in" in output) == (1, True)


def test_a_new_version_is_synced_with_its_safety_items(app: Flask, folder: Path) -> None:
    text = (SHIPPED / "phq-9.toml").read_text(encoding="utf-8").replace('version = "1"', 'version = "2"', 1)
    (folder / "phq-9.v2.toml").write_text(text, encoding="utf-8")
    with app.app_context():
        assert is_ready() == "run flask instruments sync: phq-9 version 2"

    assert run(app, "instruments", "sync") == (0, "phq-9 version 2 is now in use.\n")
    assert run(app, "instruments", "sync") == (0, "Nothing new.\n")

    with app.app_context():
        assert is_ready() == ""
        items = db.session.scalars(
            select(SafetyItem).where(SafetyItem.instrument == "phq-9").order_by(SafetyItem.version)
        ).all()
        assert [(row.version, row.item, row.positive_from) for row in items] == [("1", "9", 1), ("2", "9", 1)]


def test_a_file_changed_under_its_version_is_refused(app: Flask) -> None:
    with app.app_context():
        with write():
            db.session.execute(update(InstrumentVersion).values(content_hash="another"))
        db.session.rollback()

    code, output = run(app, "instruments", "sync")

    assert code == 1
    assert "add the change as a new version" in output


def test_syncing_again_changes_nothing(app: Flask) -> None:
    with app.app_context():
        assert sync_instruments() == ()


def test_what_is_stored_is_what_the_answers_say(app: Flask, person: Person) -> None:
    record(person, phq9_total(14, item_9=2))
    db.session.rollback()

    assert run(app, "measurements", "verify") == (0, "Everything stored is what the answers say.\n")


def test_a_score_and_a_standing_that_drifted_are_printed(app: Flask, person: Person) -> None:
    measurement = record(person, phq9_total(14))
    with scope.all_patients(reason="test"), write():
        db.session.execute(update(MeasurementScore).values(value=13, band="mild"))
        db.session.execute(update(StandingRow).values(latest_value=13))

    code, output = run(app, "measurements", "verify")

    assert code == 1
    assert f"measurement {measurement.id} phq-9:total: stored 2026-03-16 13 mild" in output
    assert f"episode {person.episode_id} phq-9:total latest_value: stored 13, computed 14" in output
