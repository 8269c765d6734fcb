"""Which role may do what. Every cell means "inside one's own clinics"; what is not listed is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from registry.access.permissions import ACTIONS


class Role(StrEnum):
    """A membership's role (its words are the field's own)."""

    CARE_MANAGER = "care_manager"
    PSYCHIATRIST = "psychiatrist"
    CLINICIAN = "clinician"
    PEER_SPECIALIST = "peer_specialist"
    CLINIC_LEAD = "clinic_lead"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


ROLE_NAMES = tuple(role.value for role in Role)

TITLES: Mapping[Role, str] = {
    Role.CARE_MANAGER: "Care manager",
    Role.PSYCHIATRIST: "Psychiatrist",
    Role.CLINICIAN: "Clinician",
    Role.PEER_SPECIALIST: "Peer specialist",
    Role.CLINIC_LEAD: "Clinic lead",
    Role.ADMINISTRATOR: "Administrator",
    Role.AUDITOR: "Auditor",
}

_READ = {
    "caseload.list",
    "caseload.export",
    "patient.read",
    "alert.read",
    "instrument.read",
    "measurement.export",
    "task.write",
}
_REPORT = {"danger.report"}
_TREAT = {
    "measurement.record",
    "measurement.correct",
    "contact.record",
    "contact.correct",
    "treatment.record",
    "observation.record",
    "plan.write",
    "life.record",
    "question.ask",
    "recommendation.decide",
    "review.read",
    "audit.own",
}
_ALERTS = {"alert.acknowledge", "alert.assign", "alert.close", "alert.snooze"}

GRANTS: Mapping[Role, frozenset[str]] = {
    Role.CARE_MANAGER: frozenset(
        _READ | _REPORT | _TREAT | _ALERTS | {"patient.write", "episode.write", "clinic.read"}
    ),
    Role.PSYCHIATRIST: frozenset(
        _READ | _REPORT | _TREAT | _ALERTS | {"review.record", "review.void", "figure.sign", "rule.read", "clinic.read"}
    ),
    Role.CLINICIAN: frozenset(_READ | _REPORT | _TREAT | (_ALERTS - {"alert.assign"})),
    # Item answers stay closed to a peer unless the patient agrees: no "patient.read", so no score, no chart.
    Role.PEER_SPECIALIST: frozenset(
        _REPORT
        | {
            "patient.read-own",
            "contact.record-own",
            "task.write-own",
            "task.answer-own",
            "instrument.read",
            "audit.own",
        }
    ),
    Role.CLINIC_LEAD: frozenset(
        _READ
        | _REPORT
        | _ALERTS
        | {
            "patient.write",
            "patient.merge",
            "episode.write",
            "review.read",
            "review.void",
            "clinic.read",
            "audit.clinic",
            "audit.own",
            "user.invite",
            "work.reassign",
            "import.run",
            "instrument.choose",
            "rule.change",
            "rule.read",
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            "user.invite",
            "user.manage",
            "clinic.manage",
            "audit.names",
            "audit.own",
            "instrument.choose",
            "instrument.read",
            "rule.read",
            "system.health",
        }
    ),
    Role.AUDITOR: frozenset({"audit.names", "audit.own", "audit.patient"}),
}


SIGNING: frozenset[Role] = frozenset(role for role, may in GRANTS.items() if may & {"figure.sign", "review.record"})
"""Roles that sign in their own name: for a clinic's numbers, and for case reviews."""


def actions_of(role: Role) -> frozenset[str]:
    return GRANTS[role]


def _refuse_unknown_actions() -> None:
    unknown = {action for granted in GRANTS.values() for action in granted} - set(ACTIONS)
    if unknown:
        raise RuntimeError(f"roles name actions nobody defined: {sorted(unknown)}")


_refuse_unknown_actions()
