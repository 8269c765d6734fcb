"""Who may open what: the table an auditor reads. A route without a row fails the tests.

``EVERYBODY`` needs no sign-in; ``SIGNED_IN`` is one's own account; everything else names the roles, each of them
inside the clinics where it is held.
"""

from __future__ import annotations

from collections.abc import Mapping

EVERYBODY = "everybody"
SIGNED_IN = "whoever is signed in"

CARE_MANAGER = "care_manager"
PSYCHIATRIST = "psychiatrist"
CLINICIAN = "clinician"
PEER = "peer_specialist"
LEAD = "clinic_lead"
ADMINISTRATOR = "administrator"
AUDITOR = "auditor"

ROLES = (CARE_MANAGER, PSYCHIATRIST, CLINICIAN, PEER, LEAD, ADMINISTRATOR, AUDITOR)

READS = frozenset({CARE_MANAGER, PSYCHIATRIST, CLINICIAN, LEAD})
"""Opens a patient's record. A peer, an administrator and an auditor never do."""

TREATS = frozenset({CARE_MANAGER, PSYCHIATRIST, CLINICIAN})
"""Enters measures and contacts."""

ENROLS = frozenset({CARE_MANAGER, LEAD})
ANSWERS_ALERTS = frozenset({CARE_MANAGER, PSYCHIATRIST, CLINICIAN, LEAD})
ASSIGNS_ALERTS = frozenset({CARE_MANAGER, PSYCHIATRIST, LEAD})
REPORTS_DANGER = frozenset({CARE_MANAGER, PSYCHIATRIST, CLINICIAN, PEER, LEAD})
LOOKS_UP = READS | {PEER, ADMINISTRATOR}
ONLY_PEER = frozenset({PEER})
ONLY_LEAD = frozenset({LEAD})
ONLY_PSYCHIATRIST = frozenset({PSYCHIATRIST})
SIGNS_OR_LEADS = frozenset({PSYCHIATRIST, LEAD})
ONLY_ADMINISTRATOR = frozenset({ADMINISTRATOR})
INVITES = frozenset({LEAD, ADMINISTRATOR})
READS_RULES = frozenset({LEAD, ADMINISTRATOR, PSYCHIATRIST})
SEES_CLINIC = frozenset({CARE_MANAGER, PSYCHIATRIST, LEAD})

MAY: Mapping[str, str | frozenset[str]] = {
    # signing in, one's own account, health
    "accounts.sign_in": EVERYBODY,
    "accounts.sign_out": SIGNED_IN,
    "accounts.sign_out_everywhere": SIGNED_IN,
    "accounts.change_password": SIGNED_IN,
    "accounts.start": SIGNED_IN,
    "accounts.stay": SIGNED_IN,
    "accounts.take_up": EVERYBODY,
    "health.live": EVERYBODY,
    "health.ready": EVERYBODY,
    # administration
    "administration.users": ONLY_ADMINISTRATOR,
    "administration.add_user": INVITES,
    "administration.invitation": INVITES,
    "administration.renew_invitation": INVITES,
    "administration.user": ONLY_ADMINISTRATOR,
    "administration.end_role": ONLY_ADMINISTRATOR,
    "administration.deactivate": ONLY_ADMINISTRATOR,
    "administration.reactivate": ONLY_ADMINISTRATOR,
    "administration.sign_out_user": ONLY_ADMINISTRATOR,
    "administration.clinics": ONLY_ADMINISTRATOR,
    "administration.add_clinic": ONLY_ADMINISTRATOR,
    "administration.clinic": ONLY_ADMINISTRATOR,
    "administration.cover_duty": ONLY_ADMINISTRATOR,
    "administration.close_on": ONLY_ADMINISTRATOR,
    "administration.take_back_closure": ONLY_ADMINISTRATOR,
    "administration.health": ONLY_ADMINISTRATOR,
    "administration.sweep_now": ONLY_ADMINISTRATOR,
    "administration.team": ONLY_LEAD,
    "administration.reassign": ONLY_LEAD,
    "administration.rules": READS_RULES,
    "administration.load": READS_RULES,
    "administration.rule_number": ONLY_LEAD,
    "administration.sign_rule_number": ONLY_PSYCHIATRIST,
    "administration.instruments": LOOKS_UP,
    "administration.instrument": LOOKS_UP,
    "administration.try_instrument": LOOKS_UP,
    "administration.choose_instruments": INVITES,
    "administration.sign_figures": ONLY_PSYCHIATRIST,
    "administration.audit": frozenset(ROLES),
    "administration.audit_of_patient": frozenset(ROLES),
    # two records of one person
    "merging.find": ONLY_LEAD,
    "merging.compare": ONLY_LEAD,
    "merging.undo": ONLY_LEAD,
    # the caseload and the record of a person
    "caseload.caseload": READS,
    "caseload.row": READS,
    "caseload.columns": READS,
    "caseload.saved_views": READS,
    "caseload.share_view": READS,
    "caseload.remove_view": READS,
    "caseload.export": READS,
    "caseload.assign": ONLY_LEAD,
    "caseload.patient": READS,
    "caseload.timeline": READS,
    "caseload.summary": READS,
    "caseload.mark_looked": READS,
    "caseload.undo_looked": READS,
    "caseload.my_people": ONLY_PEER,
    "patients.details": READS,
    "patients.add": ENROLS,
    "patients.change": ENROLS,
    "patients.add_contact": ENROLS,
    "patients.change_contact": ENROLS,
    "patients.end_contact": ENROLS,
    "patients.add_related": ENROLS,
    "patients.change_related": ENROLS,
    "patients.end_related": ENROLS,
    "patients.set_legal_status": ENROLS,
    "patients.change_legal_status": ENROLS,
    "patients.end_legal_status": ENROLS,
    "patients.directive": ENROLS,
    "patients.add_payer": ENROLS,
    "patients.change_payer": ENROLS,
    # episodes
    "episodes.people": READS,
    "episodes.care": READS,
    "episodes.refer": ENROLS,
    "episodes.enrol": ENROLS,
    "episodes.change_phase": ENROLS,
    "episodes.change_team": ENROLS,
    "episodes.change_target": ENROLS,
    "episodes.change_conditions": ENROLS,
    "episodes.track": ENROLS,
    "episodes.stop_tracking": ENROLS,
    "episodes.end": ENROLS,
    "episodes.reopen": ENROLS,
    "episodes.correct_dates": ENROLS,
    "episodes.death": ENROLS,
    "episodes.take_consent": ENROLS,
    "episodes.revoke_consent": ENROLS,
    "episodes.involve_team": ENROLS,
    "episodes.change_other_team": ENROLS,
    "episodes.transfers": READS,
    "episodes.propose_transfer": ENROLS,
    "episodes.answer_transfer": ENROLS,
    "episodes.end_transfer": ENROLS,
    # measures
    "measurements.history": READS,
    "measurements.measure": READS,
    "measurements.choose": TREATS,
    "measurements.enter": TREATS,
    "measurements.draft": TREATS,
    "measurements.discard": TREATS,
    "measurements.correct": TREATS,
    "measurements.withdraw": TREATS,
    "exchange.measure": READS,
    # contacts
    "contacts.contacts": READS,
    "contacts.log_contact": TREATS,
    "contacts.correct": TREATS,
    "contacts.withdraw": TREATS,
    "contacts.log_own_contact": ONLY_PEER,
    "contacts.quick": TREATS,
    "contacts.keep_draft": TREATS,
    "contacts.discard_draft": TREATS,
    "contacts.keep_correction": TREATS,
    "contacts.discard_correction": TREATS,
    "contacts.keep_own_draft": ONLY_PEER,
    "contacts.discard_own_draft": ONLY_PEER,
    "contacts.start_timer": TREATS,
    "contacts.stop_timer": TREATS,
    "contacts.discard_timer": TREATS,
    "contacts.start_own_timer": ONLY_PEER,
    "contacts.stop_own_timer": ONLY_PEER,
    "contacts.discard_own_timer": ONLY_PEER,
    "contacts.report_danger": REPORTS_DANGER,
    "contacts.withdraw_report": TREATS,
    # what colleagues ask of each other
    "tasks.tasks": READS,
    "tasks.send": READS,
    "tasks.send_own": ONLY_PEER,
    "tasks.change_own": ONLY_PEER,
    "tasks.take_back_own": ONLY_PEER,
    "tasks.answer": READS,
    "tasks.answer_own": ONLY_PEER,
    "tasks.hand_on": READS,
    "tasks.change": READS,
    "tasks.take_back": READS,
    "tasks.sent": READS,
    # treatment
    "treatment.treatment": READS,
    "treatment.start": TREATS,
    "treatment.change": TREATS,
    "treatment.stop": TREATS,
    "treatment.note_adherence": TREATS,
    "treatment.note_injection": TREATS,
    "treatment.correct": TREATS,
    "treatment.withdraw": TREATS,
    # plans
    "plans.plan": READS,
    "plans.set_goal": TREATS,
    "plans.change_goal": TREATS,
    "plans.end_goal": TREATS,
    "plans.rate": TREATS,
    "plans.withdraw_rating": TREATS,
    "plans.write": TREATS,
    "plans.version": READS,
    "plans.withdraw": TREATS,
    # results and measurements
    "caseload.physical": READS,
    "physical.record": TREATS,
    "physical.correct": TREATS,
    "physical.withdraw": TREATS,
    # life events
    "life.events": READS,
    "life.record": TREATS,
    "life.confirm": TREATS,
    "life.called": TREATS,
    "life.end": TREATS,
    "life.withdraw": TREATS,
    # the worklist and its alerts
    "alerts.worklist": READS,
    "alerts.backlog": READS,
    "alerts.take_up": ENROLS,
    "alerts.alert": READS,
    "alerts.acknowledge": ANSWERS_ALERTS,
    "alerts.act": ANSWERS_ALERTS,
    "alerts.after_positive": ANSWERS_ALERTS,
    "alerts.snooze": ANSWERS_ALERTS,
    "alerts.close": ANSWERS_ALERTS,
    "alerts.assign": ASSIGNS_ALERTS,
    "alerts.tell": ANSWERS_ALERTS,
    # case review
    "review.queue": READS,
    "review.case": READS,
    "review.meeting": READS,
    "review.change_list": TREATS,
    "review.reviews": READS,
    "review.note": READS,
    "review.record": ONLY_PSYCHIATRIST,
    "review.void": SIGNS_OR_LEADS,
    "review.ask": TREATS,
    "review.withdraw_question": TREATS,
    "review.decide": TREATS,
    # the clinic
    "quality.clinic": SEES_CLINIC,
    "quality.months": SEES_CLINIC,
    "quality.people": SEES_CLINIC,
}
