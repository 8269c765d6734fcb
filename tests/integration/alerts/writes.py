"""Every write that may change what needs attention: what stands before it, and the write itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from registry.contacts import actions as contacts
from registry.episodes import actions as episodes
from registry.episodes.facts import TargetWish
from registry.life import actions as life
from registry.measurements import actions as measurements
from registry.patients import actions as patients
from registry.patients.facts import LegalStatusFacts, RelatedPersonFacts
from registry.physical import actions as physical
from registry.plans import actions as plans
from registry.review import actions as reviews
from registry.treatment import actions as treatment
from registry.treatment.facts import InjectionFacts
from tests import builders
from tests.integration.alerts.beforehand import (
    ANSWERS,
    CONSENT,
    a_draft,
    a_goal,
    a_recommendation,
    a_stay,
    a_trial,
    accepted,
    also_tracked,
    died,
    ended,
    facts,
    from_before,
    guarded,
    injected,
    involved,
    nothing,
    planned,
    proposed,
    rated,
    reported,
    taken_over,
    under_order,
    weighed,
    weight,
    with_a_successor,
)
from tests.integration.alerts.scene import TODAY, Scene, measured, spoke

Given = Callable[[Scene], Any]
Act = Callable[[Scene, Any], object]
WRITES: dict[str, tuple[Given, Act]] = {
    "measurements.record_measurement": (nothing, lambda s, _: measured(s, 12)),
    "measurements.change_draft": (
        a_draft,
        lambda s, row: measurements.change_draft(draft=row, by=s.care_manager, **ANSWERS),
    ),
    "measurements.finish_draft": (
        a_draft,
        lambda s, row: measurements.finish_draft(draft=row, by=s.care_manager, **ANSWERS),
    ),
    "measurements.discard_draft": (a_draft, lambda s, row: measurements.discard_draft(draft=row, by=s.care_manager)),
    "measurements.correct_measurement": (
        measured,
        lambda s, row: measurements.correct_measurement(measurement=row, why="Item 3", by=s.care_manager, **ANSWERS),
    ),
    "measurements.mark_entered_in_error": (
        measured,
        lambda s, row: measurements.mark_entered_in_error(measurement=row, why="Wrong form", by=s.care_manager),
    ),
    "contacts.record_contact": (nothing, lambda s, _: spoke(s)),
    "contacts.correct_contact": (
        spoke,
        lambda s, row: contacts.correct_contact(
            contact=row, facts=facts(reached=False), why="No", opened_version=row.version, by=s.care_manager
        ),
    ),
    "contacts.mark_entered_in_error": (
        spoke,
        lambda s, row: contacts.mark_entered_in_error(
            contact=row, why="Wrong person", opened_version=row.version, by=s.care_manager
        ),
    ),
    "contacts.report_danger": (nothing, lambda s, _: reported(s)),
    "contacts.withdraw_report": (
        reported,
        lambda s, row: contacts.withdraw_report(
            report=row, why="Wrong person", opened_version=row.version, by=s.care_manager
        ),
    ),
    "treatment.start_trial": (nothing, lambda s, _: a_trial(s)),
    "treatment.note": (
        a_trial,
        lambda s, row: treatment.note(
            trial=row, clinic_id=s.clinic.id, facts=InjectionFacts(on=TODAY, outcome="refused"), by=s.duty
        ),
    ),
    "treatment.correct_entry": (
        injected,
        lambda s, rows: treatment.correct_entry(
            trial=rows[0],
            entry=rows[1],
            facts=InjectionFacts(on=TODAY, outcome="not-in-stock"),
            why="Not delivered",
            opened_version=rows[1].version,
            by=s.duty,
        ),
    ),
    "treatment.withdraw_entry": (
        injected,
        lambda s, rows: treatment.withdraw_entry(
            entry=rows[1], why="Wrong person", opened_version=rows[1].version, by=s.duty
        ),
    ),
    "treatment.withdraw_trial": (
        a_trial,
        lambda s, row: treatment.withdraw_trial(trial=row, why="Wrong person", opened_version=row.version, by=s.duty),
    ),
    "plans.set_goal": (nothing, lambda s, _: a_goal(s)),
    "plans.change_goal": (
        a_goal,
        lambda s, row: plans.change_goal(
            goal=row, words="A job", on=TODAY, why="The flat is safe", opened_version=row.version, by=s.care_manager
        ),
    ),
    "plans.end_goal": (
        a_goal,
        lambda s, row: plans.end_goal(
            goal=row, how="reached", on=TODAY, words="Lease signed", opened_version=row.version, by=s.care_manager
        ),
    ),
    "plans.rate_goal": (nothing, lambda s, _: rated(s)),
    "plans.withdraw_rating": (
        rated,
        lambda s, row: plans.withdraw_rating(
            rating=row, why="Another goal's", opened_version=row.version, by=s.care_manager
        ),
    ),
    "plans.write_plan": (nothing, lambda s, _: planned(s)),
    "plans.withdraw_plan": (
        planned,
        lambda s, row: plans.withdraw_plan(
            version=row, why="Wrong person", opened_version=row.version, by=s.care_manager
        ),
    ),
    "life.record_event": (nothing, lambda s, _: a_stay(s)),
    "life.confirm_stay": (
        a_stay,
        lambda s, row: life.confirm_stay(event=row, on=TODAY, opened_version=row.version, by=s.care_manager),
    ),
    "life.call_place": (
        a_stay,
        lambda s, row: life.call_place(event=row, on=TODAY, opened_version=row.version, by=s.care_manager),
    ),
    "life.end_stay": (
        a_stay,
        lambda s, row: life.end_stay(event=row, on=TODAY, opened_version=row.version, by=s.care_manager),
    ),
    "life.withdraw_event": (
        a_stay,
        lambda s, row: life.withdraw_event(
            event=row, why="Wrong person", opened_version=row.version, by=s.care_manager
        ),
    ),
    "physical.record_observations": (nothing, lambda s, _: weighed(s)),
    "physical.correct_observation": (
        weighed,
        lambda s, row: physical.correct_observation(
            observation=row, facts=weight(28), why="Mistyped", opened_version=row.version, by=s.care_manager
        ),
    ),
    "physical.withdraw_observation": (
        weighed,
        lambda s, row: physical.withdraw_observation(
            observation=row, why="Wrong person", opened_version=row.version, by=s.care_manager
        ),
    ),
    "review.ask_question": (
        nothing,
        lambda s, _: reviews.ask_question(episode=s.episode, words="Lithium?", by=s.care_manager),
    ),
    "review.withdraw": (
        lambda s: reviews.ask_question(episode=s.episode, words="Lithium?", by=s.care_manager),
        lambda s, row: reviews.withdraw(question=row, by=s.care_manager),
    ),
    "review.record_review": (nothing, lambda s, _: a_recommendation(s)),
    "review.decide": (
        a_recommendation,
        lambda s, row: reviews.decide(
            recommendation=row, state="accepted", opened_version=row.version, by=s.care_manager
        ),
    ),
    "review.void_review": (
        a_recommendation,
        lambda s, row: reviews.void_review(review=row.review, why="Another person", by=s.psychiatrist),
    ),
    "review.finish": (
        accepted,
        lambda s, row: reviews.finish(recommendation=row, opened_version=row.version, by=s.care_manager),
    ),
    "episodes.refer": (
        lambda s: builders.a_clinic("Hillside"),
        lambda s, other: episodes.refer(patient=s.patient, clinic=other, referred_on=TODAY, by=s.lead),
    ),
    "episodes.enrol": (
        lambda s: builders.a_clinic("Hillside"),
        lambda s, other: builders.an_episode(patient=s.patient, clinic=other, enrolled_on=TODAY),
    ),
    "episodes.change_phase": (
        nothing,
        lambda s, _: episodes.change_phase(
            episode=s.episode,
            phase="paused",
            on=TODAY,
            why="Away",
            paused_until=TODAY + timedelta(days=20),
            by=s.care_manager,
        ),
    ),
    "episodes.end_episode": (
        nothing,
        lambda s, _: episodes.end_episode(episode=s.episode, reason="withdrew", on=TODAY, by=s.care_manager),
    ),
    "episodes.reopen": (
        ended,
        lambda s, _: episodes.reopen(episode=s.episode, why="Another person", by=s.care_manager),
    ),
    "episodes.correct_dates": (
        nothing,
        lambda s, _: episodes.correct_dates(
            episode=s.episode,
            referred_on=s.episode.referred_on - timedelta(days=7),
            enrolled_on=s.episode.enrolled_on,
            why="Mistyped",
            opened_version=s.episode.version,
            by=s.care_manager,
        ),
    ),
    "episodes.record_death": (nothing, lambda s, _: died(s)),
    "episodes.withdraw_death": (
        died,
        lambda s, _: episodes.withdraw_death(patient=s.patient, why="Another person", by=s.care_manager),
    ),
    "episodes.change_team": (nothing, lambda s, _: with_a_successor(s)),
    "episodes.track": (nothing, lambda s, _: also_tracked(s)),
    "episodes.stop_tracking": (
        also_tracked,
        lambda s, _: episodes.stop_tracking(
            episode=s.episode, scale="gad-7:total", on=TODAY, why="Well", by=s.care_manager
        ),
    ),
    "episodes.change_target": (
        nothing,
        lambda s, _: episodes.change_target(
            episode=s.episode,
            wish=TargetWish(scale="phq-9:total", at_most=Decimal(9)),
            on=TODAY,
            why="Best achievable",
            by=s.care_manager,
        ),
    ),
    "episodes.change_conditions": (
        nothing,
        lambda s, _: episodes.change_conditions(
            episode=s.episode, conditions={"bipolar-2"}, on=TODAY, why="Hypomania", by=s.care_manager
        ),
    ),
    "episodes.take_consent": (
        nothing,
        lambda s, _: episodes.take_consent(episode=s.episode, facts=CONSENT, by=s.care_manager),
    ),
    "episodes.revoke_consent": (
        nothing,
        lambda s, _: episodes.revoke_consent(
            episode=s.episode, on=TODAY, said_by="patient", why="Wants no calls", by=s.care_manager
        ),
    ),
    "episodes.involve_team": (nothing, lambda s, _: involved(s)),
    "episodes.change_other_team": (
        involved,
        lambda s, row: episodes.change_other_team(
            episode=s.episode, team=row, facts=None, on=TODAY, why="Discharged", by=s.care_manager
        ),
    ),
    "episodes.propose_transfer": (nothing, lambda s, _: proposed(s)),
    "episodes.accept_transfer": (nothing, lambda s, _: taken_over(s)),
    "episodes.refuse_transfer": (
        proposed,
        lambda s, row: episodes.refuse_transfer(transfer=row, words="Full", opened_version=row.version, by=s.lead),
    ),
    "episodes.withdraw_transfer": (
        proposed,
        lambda s, row: episodes.withdraw_transfer(
            transfer=row, words="Stays", opened_version=row.version, by=s.care_manager
        ),
    ),
    "episodes.hand_back": (
        taken_over,
        lambda s, row: episodes.hand_back(transfer=row, words="Too far", opened_version=row.version, by=s.lead),
    ),
    "episodes.take_up": (from_before, lambda s, _: episodes.take_up(episodes=[s.episode], by=s.care_manager)),
    "patients.set_legal_status": (nothing, lambda s, _: under_order(s)),
    "patients.change_legal_status": (
        under_order,
        lambda s, row: patients.change_legal_status(
            status=row,
            facts=LegalStatusFacts(kind="commitment", starts_on=TODAY),
            opened_version=row.version,
            by=s.care_manager,
        ),
    ),
    "patients.end_legal_status": (
        under_order,
        lambda s, row: patients.end_legal_status(
            status=row, on=TODAY, why="Dismissed", opened_version=row.version, by=s.care_manager
        ),
    ),
    "patients.add_related_person": (nothing, lambda s, _: guarded(s)),
    "patients.change_related_person": (
        guarded,
        lambda s, row: patients.change_related_person(
            person=row,
            facts=RelatedPersonFacts(name="Rosa Vega", relation="kin"),
            opened_version=row.version,
            by=s.care_manager,
        ),
    ),
    "patients.end_relation": (guarded, lambda s, row: patients.end_relation(person=row, on=TODAY, by=s.care_manager)),
    "patients.void_legal_status": (
        under_order,
        lambda s, row: patients.void_legal_status(
            status=row, why="Another person", opened_version=row.version, by=s.care_manager
        ),
    ),
}
TOLD_BY_ANOTHER = {
    "episodes.reassign_open_work": "changes teams through change_team, one episode at a time",
}
