"""A psychiatrist signs for numbers that stand on a clinician's judgement, and they count at that clinic alone."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from registry.access import scope
from registry.administration.actions import NotAdoptable, sign_figures
from registry.alerts.clinic_numbers import fingerprint_at
from registry.alerts.sweep import sweep_clinic
from registry.clinics.models import AdoptedFigure, Clinic
from registry.episodes.models import Episode
from registry.episodes.scales import instruments_at, scales_in_force
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.measurements.instruments import catalogue
from registry.measurements.models import StandingRow
from registry.measurements.verification import differences
from registry.measures.adoption import Adoptable
from tests.builders import a_patient, an_episode, id_of
from tests.integration.administration.conftest import INVENTED, TODAY, House
from tests.pages import Fields, fields_of, fill_in, send, words

KEY = "mood-diary:total"
WHY = {"why": "Agreed with the other psychiatrists on 10 March"}
CUTOFF: Fields = {"sign-total-cutoff": "y", **WHY}
CHANGE: Fields = {"sign-total-reliable_change": "y", **WHY}
ENROLLED = TODAY - timedelta(days=60)


def _address(house: House) -> str:
    return f"/administration/instruments/mood-diary/numbers/{house.harbor}"


def _in_force(house: House, clinic_id: uuid.UUID) -> tuple[Decimal | None, Decimal | None]:
    with house.app.app_context():
        scale = scales_in_force().at(clinic_id).scale(KEY)
        return scale.cutoff_in_force, scale.reliable_change_in_force


def _somebody_measured(house: House, clinic_id: uuid.UUID) -> uuid.UUID:
    """Followed with the diary at the clinic: 9, then 6. Returns their episode."""
    with house.app.app_context(), scope.all_patients(reason="test"):
        clinic = db.session.get_one(Clinic, clinic_id)
        patient = a_patient(clinic=clinic)
        episode = an_episode(patient=patient, clinic=clinic, enrolled_on=ENROLLED, tracked={KEY})
        for on, answers in ((ENROLLED, (3, 3, 3, 0)), (TODAY, (3, 3, 0, 0))):
            record_measurement(
                patient_id=id_of(patient),
                clinic_id=clinic_id,
                instrument="mood-diary",
                taken_on=on,
                mode="self-paper",
                answers={str(number): answer for number, answer in enumerate(answers, start=1)},
                by=house.user("manager"),
            )
        return id_of(episode)


def _standing(house: House, episode_id: uuid.UUID) -> tuple[str, bool | None]:
    with house.app.app_context(), scope.all_patients(reason="test"):
        row = db.session.scalars(select(StandingRow).where(StandingRow.episode_id == episode_id)).one()
        return row.standing, row.baseline_elevated


def _sweep(house: House, clinic_id: uuid.UUID) -> None:
    with house.app.app_context():
        sweep_clinic(db.session.get_one(Clinic, clinic_id))


def test_nothing_on_consensus_counts_before_anybody_signs(invented: House) -> None:
    assert _in_force(invented, invented.harbor) == (None, None)


def test_a_psychiatrist_signs_and_who_and_when_is_on_record(invented: House) -> None:
    browser = invented.browser_of("psychiatrist")

    answer = fill_in(browser, _address(invented), CUTOFF)

    assert (answer.status_code, answer.location) == (303, "/administration/instruments/mood-diary")
    assert _in_force(invented, invented.harbor) == (6, None)
    assert _in_force(invented, invented.mill) == (None, None)
    (act,) = invented.acts("figure.signed")
    assert (act.actor_id, act.clinic_id) == (invented.users["psychiatrist"], invented.harbor)
    assert act.reason == f"{KEY} cutoff: {WHY['why']}"
    said = words(invented.browser_of("manager").get("/administration/instruments/mood-diary"))
    assert "In force at Harbor. Signed by Paul Hsu on 12 Mar 2026 Consensus: in force where signed" in said
    assert "Reliable change 3 points judgement of two clinicians Consensus: shown only" in said


def test_a_signature_is_withdrawn_and_stays_on_record(invented: House) -> None:
    browser = invented.browser_of("psychiatrist")
    fill_in(browser, _address(invented), CUTOFF)

    fill_in(browser, _address(invented), {"sign-total-cutoff": [], "why": "A paper says otherwise"})

    assert _in_force(invented, invented.harbor) == (None, None)
    (act,) = invented.acts("figure.withdrawn")
    assert act.reason == f"{KEY} cutoff: A paper says otherwise"
    said = words(browser.get(_address(invented)))
    assert f"Signed by Paul Hsu on 12 Mar 2026 ({WHY['why']})" in said
    assert "withdrawn by Paul Hsu on 12 Mar 2026 (A paper says otherwise)" in said
    fill_in(browser, _address(invented), CUTOFF)
    assert _in_force(invented, invented.harbor) == (6, None)
    with invented.app.app_context():
        assert len(db.session.scalars(select(AdoptedFigure)).all()) == 2


def test_an_item_that_alerts_by_itself_is_signed_for_like_a_number(invented: House) -> None:
    browser, page = invented.browser_of("psychiatrist"), "/administration/instruments/reqol-10"
    address = f"{page}/numbers/{invented.harbor}"
    before = words(browser.get(page))
    assert "Item 6 answered 0 to 3 is marked as positive and alerts nobody" in before
    assert "no threshold is published Consensus: shown only" in before

    assert "Item 6 alerts by itself 0 to 3" in words(browser.get(address))
    assert fill_in(browser, address, {"sign-6-safety": "y", **WHY}).status_code == 303

    assert "no threshold is published In force at Harbor. Signed by Paul Hsu" in words(browser.get(page))
    with invented.app.app_context():
        reqol = catalogue().get("reqol-10")
        alerts = [scales_in_force().at(each).of(reqol).item("6").alerts for each in (invented.harbor, invented.mill)]
    assert alerts == [True, False]


def test_a_signature_needs_its_reason(invented: House) -> None:
    answer = fill_in(invented.browser_of("psychiatrist"), _address(invented), {**CUTOFF, "why": " "})

    assert answer.status_code == 422
    assert "Say on what ground, and who was asked" in words(answer)
    assert _in_force(invented, invented.harbor) == (None, None)


def test_a_second_click_signs_once(invented: House) -> None:
    browser = invented.browser_of("psychiatrist")
    page = browser.get(_address(invented))

    assert [send(browser, _address(invented), page, CUTOFF).status_code for _ in range(2)] == [303, 303]
    assert len(invented.acts("figure.signed")) == 1


def test_whoever_signs_on_an_old_page_is_told_what_stands(invented: House) -> None:
    browser = invented.browser_of("psychiatrist")
    page = browser.get(_address(invented))
    fill_in(browser, _address(invented), CUTOFF)

    answer = send(browser, _address(invented), page, CHANGE)

    assert answer.status_code == 409
    assert "Mood diary total: elevated In force Shown only" in words(answer)
    assert _in_force(invented, invented.harbor) == (6, None)


def test_a_signed_number_decides_standings_at_its_clinic_from_the_next_check_on(invented: House) -> None:
    here, elsewhere = _somebody_measured(invented, invented.harbor), _somebody_measured(invented, invented.mill)
    assert _standing(invented, here) == ("not improving", None)

    fill_in(invented.browser_of("psychiatrist"), _address(invented), CUTOFF | CHANGE)
    with invented.app.app_context(), scope.all_patients(reason="test"):
        assert db.session.get_one(Episode, here).next_check_on == TODAY
    for clinic_id in (invented.harbor, invented.mill):
        _sweep(invented, clinic_id)

    assert _standing(invented, here) == ("improving", True)
    assert _standing(invented, elsewhere) == ("not improving", None)
    with invented.app.app_context(), scope.all_patients(reason="test"):
        assert list(differences()) == []

    withdrawn: Fields = {"sign-total-cutoff": [], "sign-total-reliable_change": [], **WHY}
    fill_in(invented.browser_of("psychiatrist"), _address(invented), withdrawn)
    _sweep(invented, invented.harbor)
    assert _standing(invented, here) == ("not improving", None)


def test_a_signature_makes_every_case_of_its_clinic_due_once(invented: House) -> None:
    with invented.app.app_context():
        before = [fingerprint_at(each) for each in (invented.harbor, invented.mill)]

    fill_in(invented.browser_of("psychiatrist"), _address(invented), CUTOFF)

    with invented.app.app_context():
        after = [fingerprint_at(each) for each in (invented.harbor, invented.mill)]
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_a_signed_target_is_offered_at_its_clinic(invented: House) -> None:
    fill_in(invented.browser_of("psychiatrist"), _address(invented), {"sign-total-target": "y", **WHY})

    with invented.app.app_context():
        for clinic_id, level in ((invented.harbor, 2), (invented.mill, None)):
            (diary,) = [each for each in instruments_at(clinic_id, also={"mood-diary"}) if each.id == "mood-diary"]
            assert diary.primary_scale.target_in_force == level


def test_a_new_version_of_the_instrument_asks_for_a_new_signature(
    app: Flask, invented: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_in(invented.browser_of("psychiatrist"), _address(invented), CUTOFF)
    first = (INVENTED / "mood-diary.toml").read_text(encoding="utf-8")
    (tmp_path / "mood-diary.v1.toml").write_text(first, encoding="utf-8")
    (tmp_path / "mood-diary.v2.toml").write_text(first.replace('version = "1"', 'version = "2"'), encoding="utf-8")
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], extra_instruments_folder=tmp_path))

    assert _in_force(invented, invented.harbor) == (None, None)


@pytest.mark.parametrize("figure", ["remission", "response", "response_points"])
def test_only_what_stands_on_consensus_is_signed_for_whoever_asks(invented: House, figure: str) -> None:
    with invented.app.app_context(), scope.all_patients(reason="test"), pytest.raises(NotAdoptable):
        sign_figures(
            clinic=db.session.get_one(Clinic, invented.harbor),
            instrument=catalogue().get("mood-diary"),
            signed=[Adoptable(KEY, figure, "1")],
            opened_edition=0,
            why="Because",
            by=invented.user("psychiatrist"),
        )


def test_an_instrument_with_sources_leaves_nothing_to_sign(house: House) -> None:
    page = house.browser_of("psychiatrist").get(f"/administration/instruments/phq-9/numbers/{house.harbor}")

    assert page.status_code == 200
    assert "Nothing to sign for" in words(page)


def test_a_psychiatrist_signs_for_their_own_clinic_only(invented: House) -> None:
    browser = invented.browser_of("psychiatrist")

    for clinic_id in (invented.mill, invented.lakeside, uuid.uuid4()):
        assert browser.get(f"/administration/instruments/mood-diary/numbers/{clinic_id}").status_code == 404


def test_nobody_else_signs(invented: House) -> None:
    form = fields_of(invented.browser_of("psychiatrist").get(_address(invented)))

    for name in ("admin", "lead", "manager"):
        assert invented.browser_of(name).post(_address(invented), data=form | CUTOFF).status_code in {400, 403}
    assert _in_force(invented, invented.harbor) == (None, None)
