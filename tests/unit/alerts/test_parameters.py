"""The rulebook's numbers: shipped as data, changed by a clinic within limits."""

from pathlib import Path

import pytest

from registry.alerts.parameters import ClinicNumber, InvalidParameter, Status, load
from tests.unit.alerts.cases import NUMBERS


def test_every_number_says_what_it_means_where_it_comes_from_and_how_far_it_may_move() -> None:
    for id_, parameter in NUMBERS.parameters.items():
        assert parameter.id == id_
        assert parameter.meaning
        assert parameter.source
        assert parameter.unit
        assert parameter.least <= parameter.number <= parameter.most


@pytest.mark.parametrize(
    ("id_", "number"),
    [
        ("safety.self-harm.unreviewed_after", 14),
        ("safety.unknown.total_only_from", 5),
        ("engage.first-follow-up.remind_after", 21),
        ("engage.first-follow-up.limit", 28),
        ("engage.no-contact.engaging", 14),
        ("engage.no-contact.active", 30),
        ("engage.no-contact.maintaining", 60),
        ("engage.no-contact.decide", 90),
        ("measure.due.primary", 35),
        ("target.early.after", 28),
        ("target.early.percent", 25),
        ("target.off.after", 56),
        ("target.off.silence", 42),
        ("target.off.change_due", 28),
        ("review.due.engaging", 28),
        ("review.due.active", 56),
        ("review.open.undecided", 14),
        ("review.undone.after", 28),
        ("legal.expiring.warn", 30),
        ("legal.permission.warn", 30),
        ("transfer.open.answer_within", 3),
        ("transfer.open.tell_lead_after", 14),
        ("transfer.first-contact.within", 7),
        ("life.transition.louder_after", 3),
        ("life.transition.tell_lead_after", 7),
        ("life.transition.second_within", 30),
        ("life.transition.remind_before", 7),
        ("life.still-in.ask_after", 14),
        ("life.still-in.tell_lead_after", 14),
    ],
)
def test_the_sourced_numbers_are_in_force_as_shipped(id_: str, number: int) -> None:
    assert NUMBERS.get(id_) == number


def test_a_number_of_mere_consensus_is_off_until_a_clinic_adopts_it() -> None:
    consensus = [id_ for id_ in NUMBERS if NUMBERS.parameters[id_].status is Status.CLINIC_ADOPTED]

    assert consensus == [
        "safety.screen-due.active",
        "safety.screen-due.maintaining",
        "engage.referred.urgent",
        "engage.referred.routine",
        "target.psychosis.percent",
        "target.psychosis.points",
        "target.psychosis.symptom_level",
        "target.psychosis.symptom_rise",
        "target.psychosis.domain_level",
        "target.psychosis.domain_rise",
        "target.psychosis.domain_newly",
        "target.psychosis.severity_level",
        "target.psychosis.severity_rise",
        "review.due.maintaining",
        "safety.plan.look_back",
        "safety.plan.review_after",
        "medication.due.valproate_blood",
        "medication.critical.qtc",
        "medication.critical.clozapine_missed",
        "medication.critical.restart_warning",
        "treatment.inertia.after",
        "treatment.clozapine-question.trials",
        "treatment.clozapine-question.days",
        "treatment.clozapine-question.adherence",
        "treatment.clozapine-question.symptom_level",
        "treatment.clozapine-question.domain_level",
        "treatment.clozapine-question.risk_apart",
        "treatment.clozapine-question.risk_within",
        "plan.step-down.apart",
        "plan.step-down.settled",
    ]
    assert NUMBERS.get("review.due.maintaining") is None
    assert NUMBERS.at_clinic({"review.due.maintaining": ClinicNumber(168)}).get("review.due.maintaining") == 168


def test_a_clinic_may_change_a_number_or_switch_it_off_and_the_fingerprint_shows_it() -> None:
    changed = NUMBERS.at_clinic({"target.off.after": ClinicNumber(70), "engage.no-contact.decide": ClinicNumber(None)})

    assert changed.get("target.off.after") == 70
    assert changed.get("engage.no-contact.decide") is None
    assert changed.fingerprint != NUMBERS.fingerprint == load().fingerprint


@pytest.mark.parametrize(
    ("decided", "message"),
    [
        ({"target.off.after": ClinicNumber(7)}, "target.off.after: 7 is not between 42 and 112 days"),
        ({"target.off.never": ClinicNumber(7)}, "target.off.never: no rule has this number"),
        ({"safety.unknown.total_only_from": ClinicNumber(None)}, "can be changed but not switched off"),
    ],
)
def test_a_decision_that_cannot_stand_is_refused(decided: dict[str, ClinicNumber], message: str) -> None:
    with pytest.raises(InvalidParameter, match=message):
        NUMBERS.at_clinic(decided)


def test_a_number_that_may_be_off_cannot_be_relied_on() -> None:
    with pytest.raises(InvalidParameter, match=r"target\.off\.after"):
        NUMBERS.required("target.off.after")


GOOD = {
    "number": "14",
    "unit": '"days"',
    "least": "7",
    "most": "28",
    "status": '"sourced"',
    "meaning": '"Days"',
    "source": '"A paper"',
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"number": '"14"'}, "a.b.days: number is not a whole number"),
        ({"number": "true"}, "a.b.days: number is not a whole number"),
        ({"number": "40"}, "a.b.days: 40 is not between 7 and 28 days"),
        ({"source": '" "'}, "a.b.days: source is missing"),
        ({"status": '"believed"'}, "a.b.days: 'believed'"),
        ({"colour": '"red"'}, "a.b.days: unknown entry colour"),
        ({"required": "true", "status": '"off"'}, "a.b.days: a required number must be sourced"),
        ({"status": '"clinic-adopted"'}, "a.b.days: what stands on consensus is clinical"),
    ],
)
def test_a_wrong_file_is_refused_by_the_name_of_its_table(
    tmp_path: Path, changes: dict[str, str], message: str
) -> None:
    lines = [f"{name} = {value}" for name, value in (GOOD | changes).items()]
    file = tmp_path / "parameters.toml"
    file.write_text("\n".join(['[parameter."a.b".days]', *lines]), encoding="utf-8")

    with pytest.raises(InvalidParameter, match=message):
        load(file)


def test_a_decision_on_record_that_a_release_made_impossible_gives_way_to_the_shipped_number() -> None:
    after, silence = "target.off.after", "target.off.silence"
    decided = {after: ClinicNumber(7, 1), silence: ClinicNumber(40, 1), "target.off.never": ClinicNumber(7)}

    numbers = NUMBERS.at_clinic_today(decided)

    assert (numbers.get(after), numbers.get(silence)) == (NUMBERS.get(after), 40)
