"""Every action the program knows, in words. A route names one of these; a role grants some."""

from __future__ import annotations

from collections.abc import Mapping

ACTIONS: Mapping[str, str] = {
    "caseload.list": "See the caseload and the worklist",
    "patient.read": "Open a patient's record with its scores",
    "patient.read-own": "Open the record of a patient one is on the team of, without item answers",
    "patient.write": "Add a patient, change identity and contact points",
    "episode.write": "Refer, enrol, change phase, team, targets and consent, end an episode",
    "measurement.record": "Enter a measure",
    "measurement.correct": "Correct a measure, or mark it entered in error",
    "measurement.export": "Take a measure out of the registry, to be read by another program",
    "contact.record": "Log a contact",
    "contact.record-own": "Log a contact with a patient one is on the team of",
    "contact.correct": "Correct a contact, or mark it entered in error",
    "danger.report": "Report a danger to or from a patient",
    "alert.read": "See alerts and their history",
    "alert.acknowledge": "Acknowledge an alert and record what was done",
    "alert.assign": "Give an alert to somebody else",
    "alert.snooze": "Put an alert off, with a reason",
    "alert.close": "Close an alert with its outcome",
    "question.ask": "Ask the psychiatrist about a patient",
    "review.read": "See the review queue and past reviews",
    "review.record": "Record a psychiatric case review with recommendations",
    "recommendation.decide": "Accept, modify, decline or finish a recommendation",
    "clinic.read": "See how the clinic does",
    "instrument.read": "See the instruments in use, their licence and sources",
    "instrument.choose": "Say which instruments one's clinic uses",
    "rule.read": "See the numbers of the rules",
    "rule.change": "Change a number of a rule for one's clinic",
    "import.run": "Import measurements and patients",
    "user.invite": "Invite somebody into a clinic by a one-time link",
    "user.manage": "Give and end roles, end sessions, close accounts",
    "work.reassign": "Move open work from one person to another",
    "clinic.manage": "Make and change clinics",
    "audit.own": "See one's own recorded acts",
    "audit.clinic": "See the audit trail of one's clinic",
    "audit.patient": "Ask, by MRN, who opened or changed a patient's record anywhere in the organisation",
    "audit.names": "See the whole audit trail without clinical values",
    "system.health": "See the health of the installation",
}
