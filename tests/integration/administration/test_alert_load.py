"""The alert load of a clinic: what its rules told, what became of it, and the patient-weeks it is counted against."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from registry import clock
from registry.access import scope
from registry.administration import alert_counts
from registry.administration.alert_counts import Span
from registry.administration.alert_load import Fate
from registry.alerts.actions import act, close, snooze
from registry.alerts.models import Alert, AlertEvent
from registry.alerts.rulebook import RULEBOOK, Tier
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.transaction import write
from registry.episodes.models import Episode
from registry.extensions import db
from tests.builders import a_patient, a_referral, an_episode
from tests.integration.administration.conftest import NOW, TODAY, House
from tests.integration.measurements.statements import statements_of
from tests.pages import words

LOAD = "/administration/rules/load"
FIRST = TODAY - timedelta(days=91)


def _told(
    house: House,
    *,
    rule: str = "target.off",
    tier: str = "action",
    days_ago: float = 5,
    told_again: bool = False,
    since: date = TODAY,
    episode_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """An alert of a new patient of Harbor, or of an episode there, with the step that told it."""
    with house.app.app_context(), scope.all_patients(reason="test"):
        clinic = db.session.get_one(Clinic, house.harbor)
        if episode_id is None:
            episode = an_episode(patient=a_patient(clinic=clinic), clinic=clinic, enrolled_on=TODAY)
        else:
            episode = db.session.get_one(Episode, episode_id)
        at = NOW - timedelta(days=days_ago)
        alert = Alert(
            patient_id=episode.patient_id,
            clinic_id=house.harbor,
            episode_id=episode.id,
            rule=rule,
            rule_version=1,
            tier=tier,
            sentence="It stands",
            evidence={},
            since=since,
            opened_at=at,
            told_at=at,
        )
        with write():
            db.session.add(alert)
            record("alert.opened", by=None, subject=alert, kind="create")
        _add_step(alert, "opened", at, {"tier": tier} | ({"told_at": at.isoformat()} if told_again else {}))
        return alert.id


def _add_step(
    alert: Alert, kind: str, at: datetime, details: dict[str, Any] | None = None, *, by_id: uuid.UUID | None = None
) -> None:
    with write():
        step = AlertEvent(
            patient_id=alert.patient_id, alert_id=alert.id, kind=kind, at=at, details=details, by_id=by_id
        )
        db.session.add(step)


def _span(clinic: Clinic) -> Span:
    return Span(clinic, FIRST, TODAY)


def _counted(house: House) -> list[tuple[str, Tier, Fate, bool, int]]:
    with house.app.app_context(), scope.all_patients(reason="test"):
        told = alert_counts.count_told(_span(db.session.get_one(Clinic, house.harbor)))
        return sorted((each.rule, each.tier, each.fate, each.is_again, each.number) for each in told)


def test_what_was_told_is_counted_by_rule_tier_and_fate(house: House) -> None:
    _told(house)
    _told(house)
    _told(house, told_again=True)
    _told(house, rule="measure.due", tier="reminder")
    _told(house, days_ago=0)  # today is not over
    _told(house, days_ago=92)  # before the first day

    assert _counted(house) == [
        ("measure.due", Tier.REMINDER, Fate.OPEN, False, 1),
        ("target.off", Tier.ACTION, Fate.OPEN, False, 2),
        ("target.off", Tier.ACTION, Fate.OPEN, True, 1),
    ]


def test_a_reason_that_became_more_pressing_is_counted_at_each_tier_it_was_told_at(house: House) -> None:
    alert_id = _told(house, rule="engage.no-contact", tier="reminder", days_ago=9)
    with house.app.app_context(), scope.all_patients(reason="test"):
        alert = db.session.get_one(Alert, alert_id)
        _add_step(alert, "appended", NOW - timedelta(days=2), {"tier": "action"})
        _add_step(alert, "appended", NOW - timedelta(days=2), {"withdrawn": ["an answer"]})

    assert _counted(house) == [
        ("engage.no-contact", Tier.ACTION, Fate.OPEN, False, 1),
        ("engage.no-contact", Tier.REMINDER, Fate.OPEN, False, 1),
    ]


def test_what_was_done_before_a_reason_was_told_is_no_answer_to_it(house: House) -> None:
    alert_id = _told(house, rule="engage.no-contact", tier="reminder", days_ago=9)
    by = house.users["manager"]
    with house.app.app_context(), scope.all_patients(reason="test"):
        alert = db.session.get_one(Alert, alert_id)
        for kind, days_ago, details in (
            ("snoozed", 8, None),
            ("acknowledged", 7, None),
            ("appended", 4, {"tier": "action"}),
            ("acted", 1, None),
        ):
            _add_step(alert, kind, NOW - timedelta(days=days_ago), details, by_id=by)
        span = _span(db.session.get_one(Clinic, house.harbor))

        told = {each.tier: (each.fate, each.snoozed) for each in alert_counts.count_told(span)}
        acts = {act.tier: act.acted_at - act.told_at for act in alert_counts.list_first_acts(span)}

    assert told == {Tier.REMINDER: (Fate.ACTED, 1), Tier.ACTION: (Fate.ACTED, 0)}
    assert acts == {Tier.REMINDER: timedelta(days=2), Tier.ACTION: timedelta(days=3)}


def test_only_a_persons_acts_on_new_reasons_have_a_time(house: House) -> None:
    for told_again, by_id in ((True, house.users["manager"]), (False, None)):
        alert_id = _told(house, told_again=told_again)
        with house.app.app_context(), scope.all_patients(reason="test"):
            _add_step(db.session.get_one(Alert, alert_id), "closed", NOW, by_id=by_id)

    with house.app.app_context(), scope.all_patients(reason="test"):
        assert alert_counts.list_first_acts(_span(db.session.get_one(Clinic, house.harbor))) == []


@pytest.mark.parametrize(
    ("tier", "since", "is_again"),
    [
        ("reminder", TODAY - timedelta(days=9), True),
        ("action", TODAY - timedelta(days=9), False),  # more pressing than when it was told
        ("reminder", TODAY - timedelta(days=3), False),  # it began anew
    ],
)
def test_what_another_alert_spoke_for_meanwhile_is_not_news_when_it_comes_back(
    house: House, tier: str, since: date, is_again: bool
) -> None:
    first = _told(house, rule="measure.due", tier="reminder", days_ago=8, since=TODAY - timedelta(days=9))
    with house.app.app_context(), scope.all_patients(reason="test"):
        alert = db.session.get_one(Alert, first)
        with write():
            alert.state, alert.closed_at = "closed", NOW - timedelta(days=6)
            record("alert.closed-by-itself", by=None, subject=alert)
        episode_id = alert.episode_id
    _told(house, rule="measure.due", tier=tier, days_ago=2, since=since, episode_id=episode_id)

    with house.app.app_context(), scope.all_patients(reason="test"):
        told = alert_counts.count_told(_span(db.session.get_one(Clinic, house.harbor)))

    assert sum(each.number for each in told if each.is_again) == is_again
    assert sum(each.number for each in told) == 2


@pytest.mark.parametrize(
    ("done", "fate"),
    [
        ((), Fate.OPEN),
        (("snooze",), Fate.PUT_OFF),
        (("act",), Fate.ACTED),
        (("snooze", "act"), Fate.ACTED),
        (("handled",), Fate.ACTED),
        (("not-a-concern",), Fate.DISMISSED),
        (("entered-in-error",), Fate.DISMISSED),
        (("snooze", "not-a-concern"), Fate.DISMISSED),
        (("act", "not-a-concern"), Fate.ACTED),
        (("by itself",), Fate.BY_ITSELF),
        (("snooze", "by itself"), Fate.PUT_OFF),
        (("act", "by itself"), Fate.ACTED),
    ],
)
def test_what_became_of_a_reason(
    house: House, monkeypatch: pytest.MonkeyPatch, done: tuple[str, ...], fate: Fate
) -> None:
    monkeypatch.setattr("registry.alerts.actions.reconcile_patient", lambda patient_id: None)
    alert_id = _told(house)
    with house.app.app_context(), scope.all_patients(reason="test"):
        for each in done:
            _do(each, house, db.session.get_one(Alert, alert_id))

    assert [counted[2] for counted in _counted(house)] == [fate]


def _do(what: str, house: House, alert: Alert) -> None:
    by = house.user("manager")
    if what == "snooze":
        snooze(alert=alert, until=TODAY + timedelta(days=3), reason="On holiday", by=by)
    elif what == "act":
        act(alert=alert, words="Called", by=by)
    elif what == "by itself":
        with write():
            alert.state, alert.closed_at = "closed", clock.now()
            record("alert.closed-by-itself", by=None, subject=alert)
    else:
        close(alert=alert, outcome=what, words="As agreed", by=by)


@pytest.mark.parametrize(
    ("referred_on", "ended_on", "days"),
    [
        (FIRST - timedelta(days=400), None, 91),
        (FIRST, None, 91),
        (TODAY - timedelta(days=7), None, 7),
        (TODAY, None, 0),
        (FIRST - timedelta(days=9), FIRST + timedelta(days=10), 10),
        (FIRST - timedelta(days=9), FIRST, 0),
        (FIRST + timedelta(days=1), FIRST + timedelta(days=1), 0),
        (TODAY - timedelta(days=7), TODAY, 7),
    ],
)
def test_patient_days_are_those_of_open_episodes_within_the_span(
    house: House, referred_on: date, ended_on: date | None, days: int
) -> None:
    with house.app.app_context(), scope.all_patients(reason="test"):
        mill = db.session.get_one(Clinic, house.mill)
        episode = a_referral(patient=a_patient(clinic=mill), clinic=mill, referred_on=referred_on)
        if ended_on is not None:
            with write():
                row = db.session.get_one(Episode, episode.id)
                row.phase, row.ended_on, row.end_reason = "ended", ended_on, "other"
                record("episode.ended", by=None, subject=row)

        assert alert_counts.count_patient_days(mill.id, first=FIRST, until=TODAY) == days


def test_the_days_before_the_first_alert_are_not_counted_as_calm(house: House) -> None:
    _told(house, days_ago=20)
    with house.app.app_context(), scope.all_patients(reason="test"):
        span = alert_counts.watched_span(db.session.get_one(Clinic, house.harbor), NOW)

        assert span is not None
        assert (span.first, span.until) == (TODAY - timedelta(days=20), TODAY)


def test_a_clinic_without_alerts_is_told_what_will_stand_here(house: House) -> None:
    assert "Nothing to count yet" in words(house.browser_of("lead").get(LOAD))


def test_few_patient_weeks_have_counts_but_no_rate(house: House) -> None:
    _told(house, days_ago=20)

    said = words(house.browser_of("lead").get(LOAD))

    assert "Off target target.off Action 1 – 0 0 0 0 1 0 – – 0" in said
    assert "not enough yet fewer than 70 patient-weeks" in said
    assert "our own goal" in said


def test_an_address_of_another_clinic_does_not_exist(house: House) -> None:
    browser = house.browser_of("lead")

    for wanted in (house.mill, house.lakeside, uuid.uuid4(), "nonsense"):
        assert browser.get(f"{LOAD}?clinic={wanted}").status_code == 404
    assert browser.get(f"{LOAD}?clinic={house.harbor}").status_code == 200


def test_nothing_of_another_clinic_is_counted(house: House) -> None:
    _told(house)
    with house.app.app_context(), scope.all_patients(reason="test"):
        assert alert_counts.count_told(_span(db.session.get_one(Clinic, house.mill))) == []
        assert db.session.scalars(select(Alert.id)).all() != []


def test_many_reasons_cost_as_many_statements_as_few(house: House) -> None:
    browser = house.browser_of("lead")
    with house.app.app_context():
        engine = db.engine

    def cost() -> int:
        return len(statements_of(engine, lambda: browser.get(LOAD)))

    _told(house, days_ago=20)
    cost()  # what the first request of a process prepares is not the page's
    before = cost()
    for number in range(6):
        _told(house, rule=f"rule.of-{number}")

    assert cost() == before <= 12


def test_every_rule_leads_to_its_numbers_also_one_that_told_nothing(house: House) -> None:
    _told(house)

    page = house.browser_of("lead").get(LOAD)

    for rule in RULEBOOK:
        assert f'href="/administration/rules#{rule.id}"' in page.text, rule.id
    assert "Rules that told nothing: 0 reasons each" in words(page)
    assert "measure.due Measure due" in words(page)
    assert f'id="{RULEBOOK[0].id}"' in house.browser_of("lead").get("/administration/rules").text


def test_the_rules_lead_to_the_load(house: House) -> None:
    assert f'href="{LOAD}"' in house.browser_of("admin").get("/administration/rules").text
