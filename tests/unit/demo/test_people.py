"""The people of the demo: all kinds of trouble, nothing in the future, nothing after an end."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache

from registry.contacts.rules import is_two_way
from registry.demo.acts import Ending, Enrolment, PhaseChange, Referral, Visit
from registry.demo.chance import dice
from registry.demo.figures import figures
from registry.demo.people import Person, people
from registry.demo.story import PLOTS, plots
from registry.episodes.rules import END_REASONS
from registry.patients import rules

TODAY = date(2026, 3, 18)


@cache
def everybody() -> tuple[Person, ...]:
    return tuple(people(1, 200, today=TODAY, figures=figures()))


def test_every_plot_is_told_and_the_number_is_kept() -> None:
    deck = plots(200, dice("x"))
    assert len(deck) == 200
    assert set(deck) == set(PLOTS)


def test_a_small_clinic_has_just_as_many_people_as_asked_for() -> None:
    assert len(plots(5, dice("x"))) == 5


def test_every_reason_to_end_occurs() -> None:
    reasons = {act.reason for person in everybody() for act in person.life.acts if isinstance(act, Ending)}
    assert reasons == set(END_REASONS)


def test_nothing_lies_in_the_future() -> None:
    for person in everybody():
        for act in person.life.acts:
            assert act.on <= TODAY
            assert not isinstance(act, Visit) or all(form.taken_on <= act.on for form in act.forms)


def test_nobody_is_seen_before_enrolment_or_after_the_end() -> None:
    for person in everybody():
        is_in_care = False
        for act in person.life.acts:
            if isinstance(act, Enrolment):
                is_in_care = True
            elif isinstance(act, Ending):
                is_in_care = False
            elif isinstance(act, Visit) and not is_in_care:
                assert act.contact is not None
                assert not is_two_way(act.contact.kind, reached=act.contact.reached)
                assert not act.forms


def test_a_phase_changes_only_in_care_and_a_pause_says_until_when() -> None:
    changes = [act for person in everybody() for act in person.life.acts if isinstance(act, PhaseChange)]
    assert {change.phase for change in changes} == {"active", "maintaining", "paused"}
    assert all((change.paused_until is not None) == (change.phase == "paused") for change in changes)


def test_acts_stand_in_order() -> None:
    for person in everybody():
        moments = [(act.on, act.at) for act in person.life.acts]
        assert moments == sorted(moments)
        assert isinstance(person.life.acts[0], Referral)


def test_paper_goes_wrong_in_every_way() -> None:
    forms = [
        form
        for person in everybody()
        for act in person.life.acts
        if isinstance(act, Visit)
        for form in act.forms
        if form.instrument == "phq-9"
    ]
    fates = Counter(form.fate for form in forms)
    assert set(fates) == {"", "draft", "corrected", "in-error"}
    assert any(form.total_only is not None for form in forms)
    assert any(form.answers is not None and None in form.answers.values() for form in forms)


def test_names_and_record_numbers_belong_to_one_person_each() -> None:
    facts = [person.facts for person in everybody()]
    assert len({each.mrn for each in facts}) == 200
    assert len({(each.legal_given, each.legal_family) for each in facts}) == 200


def test_demographics_use_the_registrys_own_words() -> None:
    for person in everybody():
        facts = person.facts
        assert facts.sex in rules.SEXES
        assert facts.gender_identity in rules.GENDER_IDENTITIES
        assert set(facts.races) <= set(rules.RACES)
        assert facts.ethnicity in rules.ETHNICITIES
        assert set(facts.languages) <= set(rules.LANGUAGES)
        assert facts.payer in rules.PAYERS


def test_phone_numbers_are_of_the_range_kept_for_fiction() -> None:
    phones = [point.value for person in everybody() for point in person.contact_points if point.kind == "phone"]
    assert phones
    assert all("555-01" in phone for phone in phones)


def test_the_same_seed_and_day_invent_the_same_people() -> None:
    again = tuple(people(1, 200, today=TODAY, figures=figures()))
    others = tuple(people(2, 200, today=TODAY, figures=figures()))
    assert again == everybody()
    assert others != everybody()
