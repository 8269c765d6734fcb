"""Counts that are kept from one reader to the next: never older than the rows, whoever changed them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy import event, select, update
from werkzeug.test import TestResponse

from registry.access import scope
from registry.access.models import PatientClinic
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.caseload import panels
from registry.caseload.currency import Today
from registry.caseload.models import CaseloadRow, PanelChange, PanelCount
from registry.caseload.panels import QUESTIONS, Answer, Panel, answer, keep_counts
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, record_contact
from registry.db.transaction import end_read, write
from registry.episodes.actions import end_episode, reassign_open_work
from registry.episodes.models import Episode
from registry.extensions import db
from tests.integration.quality.conftest import NOW, TODAY, Region
from tests.pages import page_of, words

PANELS = 5
"""Two care managers, one of them at both clinics, and at each somebody nobody is responsible for."""

Answers = Mapping[str, Mapping[Panel, Answer]]


@pytest.fixture(autouse=True)
def _two_clinics_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "FEW_CLINICS", 1)


@contextmanager
def _statements(app: Flask) -> Iterator[list[str]]:
    said: list[str] = []

    def _note(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        said.append(sql)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", _note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", _note)


def _today(region: Region) -> Today:
    return {region.clinics[name]: TODAY for name in ("Harbor", "Fulton")}


def _answers(region: Region, today: Today | None = None) -> Answers:
    at = today or _today(region)
    with region.app.app_context(), scope.within(at):
        return {question: answer(question, at) for question in region.app.extensions[QUESTIONS]}


def _counted(region: Region, monkeypatch: pytest.MonkeyPatch, today: Today | None = None) -> Answers:
    """The same, from the rows alone."""
    with monkeypatch.context() as patch:
        patch.setattr(panels, "FEW_CLINICS", 100)
        return _answers(region, today)


def _keep(region: Region) -> int:
    with region.app.app_context():
        return keep_counts()


def _contact(region: Region) -> None:
    with region.app.app_context(), scope.all_patients(reason="test"):
        record_contact(
            patient_id=region.people["Stuck"],
            clinic_id=region.clinics["Harbor"],
            facts=ContactFacts(took_place_on=TODAY, kind="treatment", modality="phone", reached=True),
            by=db.session.get_one(User, region.users["manager"]),
        )


def _end(region: Region) -> None:
    with region.app.app_context(), scope.all_patients(reason="test"):
        episode = db.session.scalars(select(Episode).where(Episode.patient_id == region.people["Lost"])).one()
        end_episode(
            episode=episode,
            reason="withdrew",
            on=TODAY,
            note="Moved away",
            by=db.session.get_one(User, region.users["manager"]),
        )


def _hand_over(region: Region) -> None:
    with region.app.app_context(), scope.all_patients(reason="test"):
        reassign_open_work(
            from_user=db.session.get_one(User, region.users["other manager"]),
            to_user=db.session.get_one(User, region.users["manager"]),
            clinic_id=region.clinics["Harbor"],
            by=db.session.get_one(User, region.users["lead"]),
        )


def _newcomer(region: Region) -> None:
    region.add("Newcomer", scores={90: 20, 10: 4}, clinic="Fulton", manager=None)


def _past_the_program(region: Region) -> None:
    """By a statement the session knows nothing of."""
    with region.app.app_context(), scope.all_patients(reason="test"), write():
        db.session.execute(update(CaseloadRow).where(CaseloadRow.rank < 9).values(rank=9))


def _removed(region: Region) -> None:
    with region.app.app_context(), scope.all_patients(reason="test"), write():
        db.session.execute(sa.delete(CaseloadRow).where(CaseloadRow.patient_id == region.people["Mild"]))


def test_kept_counts_are_those_of_the_rows(full: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _answers(full)
    assert _keep(full) == PANELS

    assert _answers(full) == before == _counted(full, monkeypatch)


def test_nobodys_row_is_read_where_every_count_is_kept(full: Region) -> None:
    _keep(full)

    with _statements(full.app) as said:
        _answers(full)

    assert said
    assert not [sql for sql in said if "caseload_row" in sql]


@pytest.mark.parametrize("change", [_contact, _end, _hand_over, _newcomer, _past_the_program, _removed])
def test_no_count_is_older_than_a_row_whoever_changed_it(
    full: Region, monkeypatch: pytest.MonkeyPatch, change: Callable[[Region], None]
) -> None:
    _keep(full)
    before = _answers(full)
    change(full)

    after = _answers(full)

    assert after == _counted(full, monkeypatch)
    assert after != before


def test_only_the_panels_that_changed_are_counted_again(full: Region) -> None:
    _keep(full)
    assert _keep(full) == 0
    _contact(full)

    assert _keep(full) == 1
    assert _keep(full) == 0


def test_a_panel_of_nobody_any_more_is_kept_no_longer(full: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    _keep(full)
    _hand_over(full)
    _keep(full)

    with full.app.app_context(), scope.all_patients(reason="test"):
        kept = set(db.session.scalars(select(PanelCount.panel)))
    assert full.users["other manager"] not in kept
    assert _answers(full) == _counted(full, monkeypatch)


def test_a_count_is_for_its_day_alone(full: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tomorrow somebody seen 29 days ago today has not been seen for 30."""
    _keep(full)
    today = _answers(full)

    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        days = {clinic_id: day + timedelta(days=1) for clinic_id, day in _today(full).items()}
        tomorrow = _answers(full, days)
        assert tomorrow == _counted(full, monkeypatch, days)
        assert _keep(full) == PANELS
    assert tomorrow != today


def test_a_question_that_was_changed_is_asked_anew(full: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    _keep(full)
    questions = dict(full.app.extensions[QUESTIONS])
    one = {"everyone": sa.case((CaseloadRow.rank < 9, sa.literal("in")), else_=sa.literal("out"))}
    monkeypatch.setitem(full.app.extensions, QUESTIONS, {**questions, "views": lambda _today: one})
    monkeypatch.setitem(full.app.extensions, f"{QUESTIONS}.definitions", {})

    assert _answers(full) == _counted(full, monkeypatch)


def test_a_mark_set_while_its_panel_is_counted_stays(full: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by somebody whose change is committed after the count began."""
    count, marked = panels._count, set[tuple[uuid.UUID, uuid.UUID]]()

    def _interrupted(question: str, today: Today, *, among_panels: set[tuple[uuid.UUID, uuid.UUID]]) -> Any:
        if not marked:
            marked.add(min(among_panels))
            db.session.add_all(PanelChange(clinic_id=clinic_id, panel=panel) for clinic_id, panel in marked)
            db.session.flush()
        return count(question, today, among_panels=among_panels)

    with monkeypatch.context() as patch:
        patch.setattr(panels, "_count", _interrupted)
        _keep(full)

    assert _keep(full) == 1


def test_verify_names_a_kept_count_that_is_wrong(full: Region) -> None:
    runner = full.app.test_cli_runner()
    assert runner.invoke(args=["caseload", "count"]).output == f"{PANELS} panels counted\n"
    assert runner.invoke(args=["caseload", "verify"]).exit_code == 0
    with full.app.app_context(), scope.all_patients(reason="test"), write():
        db.session.execute(
            update(PanelCount)
            .where(PanelCount.question == "views", PanelCount.clinic_id == full.clinics["Harbor"])
            .values(numbers={"everyone": {"in": 1}})
        )

    found = runner.invoke(args=["caseload", "verify"])

    assert found.exit_code == 1
    assert "kept views are not what is stored" in found.output


def test_another_clinics_panels_are_in_no_answer(full: Region) -> None:
    region = full
    with region.app.app_context():
        elsewhere = db.session.get_one(Clinic, region.clinics["Elsewhere"]).id
        end_read()
    region.add("Stranger", clinic="Elsewhere", manager=None)
    _keep(region)

    for found in _answers(region).values():
        assert elsewhere not in {panel.clinic_id for panel in found}


@contextmanager
def _at_fulton(region: Region) -> Iterator[None]:
    """Past every question the program itself asks, with every panel kept and marked anew."""
    with region.app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite has no second line of this kind")
    _keep(region)
    _past_the_program(region)
    with region.app.app_context(), scope.within({region.clinics["Fulton"]}):
        yield


@pytest.mark.parametrize("table", [PanelCount, PanelChange])
def test_the_database_shows_a_clinic_its_own_numbers_alone(full: Region, table: type[PanelCount | PanelChange]) -> None:
    with _at_fulton(full):
        assert set(db.session.scalars(select(table.clinic_id))) == {full.clinics["Fulton"]}


def test_a_clinic_changes_and_removes_no_numbers_of_another(full: Region) -> None:
    harbor = full.clinics["Harbor"]
    with _at_fulton(full), write():
        for statement in (
            update(PanelCount).where(PanelCount.clinic_id == harbor).values(numbers={}),
            sa.delete(PanelCount).where(PanelCount.clinic_id == harbor),
            sa.delete(PanelChange).where(PanelChange.clinic_id == harbor),
        ):
            done = db.session.execute(statement.execution_options(synchronize_session=False))
            assert isinstance(done, sa.CursorResult)
            assert done.rowcount == 0


def test_a_clinic_keeps_no_numbers_for_another(full: Region) -> None:
    harbor = full.clinics["Harbor"]
    invented = PanelCount(
        clinic_id=harbor, panel=uuid.uuid4(), question="views", counted_on=TODAY, definition="", numbers={}
    )
    with _at_fulton(full), pytest.raises(sa.exc.DBAPIError, match="row-level security"), write():
        db.session.add(invented)


def test_a_change_of_somebody_shared_marks_the_panel_of_the_other_clinic(full: Region) -> None:
    """The row is Harbor's, and Fulton may see and write it."""
    harbor, fulton, patient_id = full.clinics["Harbor"], full.clinics["Fulton"], full.people["Stuck"]
    _keep(full)
    with full.app.app_context(), scope.all_patients(reason="test"), write():
        db.session.add(PatientClinic(patient_id=patient_id, clinic_id=fulton, why="share", since=NOW))
        record("patient.shared", by=None, patient_id=patient_id)
    with full.app.app_context(), scope.within({fulton}), write():
        db.session.execute(update(CaseloadRow).where(CaseloadRow.patient_id == patient_id).values(rank=9))

    with full.app.app_context(), scope.within({harbor}):
        assert set(db.session.scalars(select(PanelChange.panel))) == {full.users["manager"]}


def _listed(page: TestResponse) -> str:
    """Everything on the page but the team to choose from."""
    found = page_of(page)
    for choice in found.select('select[name="team"]'):
        choice.remove()
    return found.get_text(" ", strip=True)


@pytest.mark.parametrize("view", ["everyone", "needs-action", "off-target"])
@pytest.mark.parametrize("sort", ["rank", "name", "score", "weeks"])
def test_the_list_of_many_clinics_is_the_list_of_few(
    full: Region, monkeypatch: pytest.MonkeyPatch, view: str, sort: str
) -> None:
    """However it is found and counted."""
    lead, address = full.browser_of("lead"), f"/caseload?view={view}&sort={sort}"
    _keep(full)
    as_many = _listed(lead.get(address))
    monkeypatch.setattr(panels, "FEW_CLINICS", 100)
    as_few = _listed(lead.get(address))

    assert as_many == as_few
    assert "Better" in as_many or view != "everyone"


def test_a_page_of_many_clinics_opens_each_for_its_care_managers(full: Region) -> None:
    lead = full.browser_of("lead")
    everywhere = page_of(lead.get("/clinic"))
    harbor = everywhere.select_one(f'a[href="/clinic?clinic={full.clinics["Harbor"]}"]')
    assert harbor is not None
    assert "Rosa Osei" not in words(lead.get("/clinic"))

    one = lead.get(harbor["href"])

    assert "Rosa Osei" in words(one)
    assert "Fulton" not in words(one)
    addresses = [link["href"] for link in page_of(one).select("main a") if "/clinic/" in link["href"]]
    numbers = [address for address in addresses if not address.endswith("/months")]
    assert numbers
    assert all(f"clinic={full.clinics['Harbor']}" in address for address in numbers)


def test_a_clinic_of_somebody_else_has_no_page(full: Region) -> None:
    lead = full.browser_of("lead")

    assert lead.get(f"/clinic?clinic={full.clinics['Elsewhere']}").status_code == 404
    assert lead.get(f"/clinic?clinic={uuid.uuid4()}").status_code == 404


def _team_offered(full: Region, address: str) -> set[str]:
    options = page_of(full.browser_of("lead").get(address)).select('select[name="team"] option')
    return {option.get_text(strip=True) for option in options}


def test_of_many_clinics_the_team_is_offered_once_a_clinic_is_chosen(full: Region) -> None:
    always = {"Whole team; choose a clinic for its people", "My people", "Nobody responsible"}
    chosen = full.users["other manager"]

    assert _team_offered(full, "/caseload") == always
    assert _team_offered(full, f"/caseload?team={chosen}") == always | {"Kofi Boateng"}
    assert "Kofi Boateng" in _team_offered(full, f"/caseload?clinic={full.clinics['Harbor']}")
    assert "Kofi Boateng" not in _team_offered(full, f"/caseload?clinic={full.clinics['Fulton']}")


def test_nobody_of_a_strangers_clinic_is_offered_or_named(full: Region) -> None:
    with full.app.app_context():
        stranger = db.session.get_one(User, full.users["stranger"]).name
        end_read()

    for address in (f"/caseload?clinic={full.clinics['Elsewhere']}", f"/caseload?team={full.users['stranger']}"):
        assert stranger not in _team_offered(full, address)


@pytest.mark.parametrize("migrated_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("sort", ["rank", "name"])
@pytest.mark.parametrize(("few", "is_anywhere"), [(1, True), (2, False)])
def test_only_the_list_of_many_clinics_is_read_past_the_clinics(
    full: Region, monkeypatch: pytest.MonkeyPatch, sort: str, few: int, is_anywhere: bool
) -> None:
    """A clinic's own list by that index would read everybody of every other clinic to find its own. PostgreSQL
    chooses by the number of rows."""
    monkeypatch.setattr(panels, "FEW_CLINICS", few)
    plans: list[str] = []

    def _explain(_connection: Any, cursor: Any, sql: str, parameters: Any, *_rest: Any) -> None:
        if sql.startswith("WITH on_page"):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
            plans.extend(step for *_numbers, step in plan.fetchall())

    with full.app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", _explain)
    try:
        full.browser_of("lead").get(f"/caseload?view=everyone&sort={sort}")
    finally:
        event.remove(engine, "after_cursor_execute", _explain)

    assert plans
    assert any("anywhere" in step for step in plans) is is_anywhere
