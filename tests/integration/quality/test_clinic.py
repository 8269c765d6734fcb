"""The clinic's numbers: each says what it counts, opens its people, and adds up."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import pytest
import sqlalchemy as sa
from sqlalchemy import event, select

from registry.access import scope
from registry.accounts.models import User
from registry.alerts.actions import close
from registry.alerts.models import Alert
from registry.audit.models import AuditEvent
from registry.caseload.currency import Today
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.measurements.courses import follow_patient
from registry.measurements.instruments import catalogue
from registry.measures.course import has_improved
from registry.quality.queries import Wanted, add_up, count_groups, list_people
from registry.quality.rules import BESIDE_MANIA, COUNTED, MET, METRICS, NOT_MET
from tests.integration.quality.conftest import TODAY, Region
from tests.pages import heading, page_of, words


def _today(region: Region) -> Today:
    return {region.clinics[name]: TODAY for name in ("Harbor", "Fulton")}


def _names(region: Region, metric: str, part: str, wanted: Wanted | None = None) -> set[str]:
    with region.app.app_context(), scope.within(_today(region)):
        rows, total = list_people(metric, part, today=_today(region), wanted=wanted or Wanted())
        assert total == len(rows)
        return {row.legal_given for row in rows}


PARTS: Mapping[tuple[str, str], set[str]] = {
    ("active", "referred"): {"Referred"},
    ("active", "paused"): {"Paused"},
    ("active", MET): {"Better", "Halved", "Stuck", "Lost", "Mild", "Unmeasured", "New", "Old enough"},
    # Thirty days without a two-way contact are too many; twenty-nine are not.
    ("not-seen", MET): {"Stuck", "Lost", "New", "Old enough"},
    ("not-seen", NOT_MET): {"Better", "Halved", "Mild", "Unmeasured"},
    ("off-target", MET): {"Stuck", "Lost"},
    ("off-target", NOT_MET): {"Better", "Halved", "New", "Old enough"},
    ("off-target", "not-elevated"): {"Mild"},
    ("off-target", "no-baseline"): {"Unmeasured"},
    # A review 55 days ago is one in eight weeks; 56 days ago it is not.
    ("reviewed", MET): {"Better", "Halved"},
    ("reviewed", NOT_MET): {"Stuck", "Lost", "Mild", "Unmeasured", "New", "Old enough"},
    # Half, or below ten. A missing follow-up is not improved; 69 days are too early, 70 are not; a pause stays in.
    ("improved", MET): {"Better", "Halved", "Old enough", "Paused"},
    ("improved", NOT_MET): {"Stuck", "Lost"},
    ("improved", COUNTED): {"Better", "Halved", "Old enough", "Paused", "Stuck", "Lost"},
    ("improved", "referred"): {"Referred"},
    ("improved", "too-early"): {"New"},
    ("improved", "no-baseline"): {"Unmeasured"},
    ("improved", "not-elevated"): {"Mild"},
    ("improved", "no-cut-off"): set(),
}


def test_everybody_falls_into_the_part_a_clinician_expects(full: Region) -> None:
    assert {key: _names(full, *key) for key in PARTS} == PARTS


@pytest.mark.parametrize(
    ("mania", "part"),
    [({10: 6}, BESIDE_MANIA), ({52: 6}, BESIDE_MANIA), ({53: 6}, MET), ({10: 5}, MET), ({40: 9, 10: 5}, MET)],
    ids=["elevated", "42 days before", "43 days before", "below the cut-off", "not elevated any more"],
)
def test_depression_that_is_better_beside_mania_is_counted_and_is_no_success(
    region: Region, mania: dict[int, int], part: str
) -> None:
    """Nobody tracks the mania measure: it was given, and is seen."""
    region.add("Elated", scores={90: 20, 10: 5}, seen=1, mania=mania)

    assert _names(region, "improved", part) == _names(region, "improved", COUNTED) == {"Elated"}
    assert _names(region, "off-target", NOT_MET if part == MET else part) == {"Elated"}


def test_depression_that_is_no_better_is_not_improved_with_or_without_mania(region: Region) -> None:
    region.add("Mixed", scores={90: 20, 10: 19}, seen=1, mania={10: 9})

    assert _names(region, "improved", NOT_MET) == {"Mixed"}
    assert _names(region, "off-target", MET) == {"Mixed"}


def test_people_whose_measure_has_no_cut_off_are_named_with_the_numbers_that_leave_them_out(region: Region) -> None:
    region.add("Voices", scores={90: 20}, seen=1, tracked="bprs-18:total")
    with region.app.app_context(), scope.all_patients(reason="test"):
        record_measurement(
            patient_id=region.people["Voices"],
            clinic_id=region.clinics["Harbor"],
            instrument="bprs-18",
            taken_on=TODAY.replace(month=1),
            mode="clinician",
            total_only=50,
            by=db.session.get_one(User, region.users["manager"]),
        )

    page = page_of(region.browser_of("lead").get("/clinic"))
    notes = {link["href"]: link.get_text(" ", strip=True) for link in page.select(".tile__note")}

    assert notes == {
        "/clinic/off-target/no-cut-off": "1 not counted: no published cut-off , Off target",
        "/clinic/improved/no-cut-off": "1 not counted: no published cut-off , Improved",
    }
    assert _names(region, "improved", "no-cut-off") == {"Voices"}


def test_one_person_is_a_person(region: Region) -> None:
    region.add("Better", scores={90: 20, 10: 9}, seen=5, reviewed=10)

    said = words(region.browser_of("lead").get("/clinic"))

    assert "1 person: improved" in said
    assert "1 people" not in said


@pytest.mark.parametrize(
    ("later", "is_improved"), [({}, True), ({5: 18}, False)], ids=["stayed better", "came back worse"]
)
def test_a_new_course_of_treatment_keeps_the_baseline_of_enrolment(
    region: Region, later: dict[int, int], is_improved: bool
) -> None:
    """At the start of the new course the score was 8: against that baseline nobody would be counted at all."""
    episode = region.add("Returned", enrolled=300, scores={300: 20, 100: 4, 40: 8, **later})
    region.move(episode, "maintaining", on=90)
    region.move(episode, "active", on=41)

    assert _names(region, "improved", MET if is_improved else NOT_MET) == {"Returned"}


def test_closing_the_alert_takes_nobody_off_the_number(region: Region) -> None:
    region.add("Stuck", scores={90: 20, 10: 19}, seen=1, reviewed=10)
    with region.app.app_context(), scope.all_patients(reason="test"):
        (alert,) = db.session.scalars(select(Alert).where(Alert.rule == "target.off")).all()
        by = db.session.get_one(User, region.users["manager"])
        close(alert=alert, outcome="handled", words="Discussed", by=by)

    assert _names(region, "off-target", MET) == {"Stuck"}


@pytest.mark.parametrize(("day", "part"), [(12, NOT_MET), (13, "paused")], ids=["over", "until tomorrow"])
def test_a_pause_that_is_over_leaves_nobody_out(region: Region, day: int, part: str) -> None:
    """The phase stays until somebody changes it; what was promised before the pause is due again all the same."""
    episode = region.add("Back", scores={90: 20, 10: 5}, seen=1)
    region.move(episode, "paused", on=5, paused_until=TODAY.replace(day=day))

    assert _names(region, "off-target", part) == {"Back"}
    assert _names(region, "reviewed", part) == {"Back"}


def test_a_contact_before_enrolment_does_not_age_the_person(region: Region) -> None:
    """Enrolment is itself a visit: whoever was called while referred is seen at least since then."""
    region.add("Newcomer", referred=45, enrolled=5, seen=40)

    assert _names(region, "not-seen", NOT_MET) == {"Newcomer"}


def test_an_outcome_measure_without_a_cut_off_counts_nobody(region: Region) -> None:
    region.add("Scored otherwise", tracked="bprs-18:total")

    assert _names(region, "improved", MET) == set()
    assert _names(region, "improved", NOT_MET) == set()


def test_every_number_equals_its_list_and_every_open_episode_is_counted_once(full: Region) -> None:
    today = _today(full)
    with full.app.app_context(), scope.within(today):
        whole = add_up(count_groups(today))
        for key, metric in METRICS.items():
            for part in metric.parts:
                _, listed = list_people(key, part, today=today, wanted=Wanted())
                assert whole[key].of(part) == listed, f"{key}, {part}"
            assert whole[key].total == 10, key


def test_the_clinics_and_the_care_managers_add_up_to_the_whole(full: Region) -> None:
    today = _today(full)
    with full.app.app_context(), scope.within(today):
        groups = count_groups(today)
        whole = add_up(groups)
        ways = {
            "clinics": [Wanted(clinic_id=clinic_id) for clinic_id in today],
            "managers": [
                Wanted(care_manager_id=full.users["manager"]),
                Wanted(care_manager_id=full.users["other manager"]),
                Wanted(without_manager=True),
            ],
        }
        for key, metric in METRICS.items():
            for part in metric.parts:
                for name, split in ways.items():
                    counted = [list_people(key, part, today=today, wanted=each)[1] for each in split]
                    assert sum(counted) == whole[key].of(part), f"{key}, {part} by {name}"
        harbor = add_up([group for group in groups if group.clinic_id == full.clinics["Harbor"]])
        _, at_harbor = list_people("active", MET, today=today, wanted=Wanted(clinic_id=full.clinics["Harbor"]))
        assert harbor["active"].of(MET) == at_harbor


def test_improvement_in_the_database_is_improvement_in_the_pure_core(full: Region) -> None:
    with full.app.app_context(), scope.all_patients(reason="test"):
        improved = _names_by_core(full.people)

    assert _names(full, "improved", MET) == improved & _names(full, "improved", COUNTED)


def _names_by_core(people: Mapping[str, uuid.UUID]) -> set[str]:
    scale = catalogue().scale("phq-9:total")
    return {
        name
        for name, patient_id in people.items()
        for courses in follow_patient(patient_id).values()
        if has_improved(courses["phq-9:total"][1], scale)
    }


def test_the_page_opens_each_number_with_its_people(full: Region) -> None:
    browser = full.browser_of("lead")
    page = browser.get("/clinic")

    assert heading(page) == "Clinic"
    for said in ("Improved", "4 of 6", "Off target", "2 of 6", "67 %", "metric 6"):
        assert said in words(page).replace("\N{NARROW NO-BREAK SPACE}", " ")
    links = {link["href"] for link in page_of(page).select("main a") if "/clinic/" in link["href"]}
    links.discard("/clinic/months")
    assert "/clinic/improved/met" in links
    for link in links:
        listed = browser.get(link)
        assert listed.status_code == 200, link
        assert len(page_of(listed).select("tr[data-row]")) > 0, link


def test_a_list_says_who_and_records_whom_it_showed(full: Region) -> None:
    page = full.browser_of("lead").get("/clinic/improved/not-met")

    assert "Stuck" in words(page)
    assert "PHQ-9 20 → 19" in words(page)
    with full.app.app_context():
        listed = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "clinic.people-listed")).one()
        assert listed.changes is not None
        assert set(listed.changes[0]["shown"]) == {str(full.people[name]) for name in ("Stuck", "Lost")}


@pytest.mark.parametrize(
    "path",
    [
        "/clinic/improved/nonsense",
        "/clinic/nonsense/met",
        "/clinic/active/not-met",
        "/clinic/improved/met?clinic=nonsense",
        "/clinic/improved/met?care_manager=nonsense",
        f"/clinic/improved/met?clinic={uuid.UUID(int=7)}",
        "/clinic/improved/met%00",
    ],
)
def test_a_number_that_does_not_exist_has_no_page(region: Region, path: str) -> None:
    assert region.browser_of("lead").get(path).status_code == 404


def test_a_page_beyond_the_last_says_so(full: Region) -> None:
    page = full.browser_of("lead").get("/clinic/improved/met?page=99")

    assert page.status_code == 200
    assert "Nobody here today" in words(page)


def test_another_clinic_is_not_counted(full: Region) -> None:
    page = full.browser_of("stranger").get("/clinic")

    assert page.status_code == 200
    assert "Stuck" not in words(full.browser_of("stranger").get("/clinic/active/met"))
    assert "nobody is counted yet" in words(page)


def test_who_may_not_see_the_clinic_is_refused(region: Region) -> None:
    assert region.browser_of("clinician").get("/clinic").status_code == 403


@pytest.mark.parametrize("path", ["/clinic", "/clinic/months"])
def test_the_page_takes_the_same_number_of_statements_however_many_people(region: Region, path: str) -> None:
    browser = region.browser_of("lead")
    counted = []
    for names in (("One",), ("Two", "Three", "Four")):
        for name in names:
            episode = region.add(name, enrolled=300, scores={300: 20, 100: 4, 40: 8})
            region.move(episode, "maintaining", on=90)
            region.move(episode, "active", on=41)
        counted.append(_statements(lambda: browser.get(path)))

    assert counted[0] == counted[1]
    assert counted[0] < 25


def _statements(act: object) -> int:
    number = 0

    def note(_connection: object, _cursor: object, sql: str, *_more: object) -> None:
        nonlocal number
        number += sql.startswith("SELECT")

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        assert callable(act)
        act()
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)
    return number


def test_a_score_too_old_to_go_by_reads_unknown_beside_the_name(region: Region) -> None:
    region.add("Silent", scores={90: 20, 43: 12}, seen=1)
    region.add("Heard", scores={90: 20, 42: 12}, seen=1)

    said = words(region.browser_of("lead").get("/clinic/active/met"))

    assert "PHQ-9 unknown: was 12, 28 Jan" in said
    assert "PHQ-9 20 → 12, 29 Jan" in said
