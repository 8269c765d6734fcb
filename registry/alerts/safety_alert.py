"""The one open safety alert of a person: everything positive, reported or unknown, until a person closes it.

It belongs to the person, not to an episode. A new positive answer or report appends, asks for acknowledgement
again and starts the clock; an answer milder than what the alert rests on only appends. Once it
has told of a danger it never closes by itself, and while urgent it never calms down by itself, whatever becomes of the
answer behind it; only a death turns it into something to read. An answer nobody had, given since, closes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from registry.access.grants import sights
from registry.alerts.clinic_numbers import NumbersInForce
from registry.alerts.dangers import Danger, asks_again, most_pressing, open_dangers
from registry.alerts.lifecycle import close_by_itself, open_alert, restart, revise
from registry.alerts.loading.cases import Person
from registry.alerts.loading.safety import covered_in, seen_before, seen_by, versions_of
from registry.alerts.log import Log, Stand, plain
from registry.alerts.models import Alert
from registry.alerts.owners import Team, owner_of
from registry.alerts.parameters import Numbers
from registry.alerts.rulebook import RULEBOOK, Family, Finding, Tier, ranked
from registry.alerts.sentences import kept_sentence
from registry.alerts.snapshot import Ground
from registry.alerts.withdrawn import fates, ground_of, stands_in
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.extensions import db
from registry.measurements.models import SafetySignal

_TELLS_OF_DANGER = frozenset({"safety.self-harm", "safety.abuse", "safety.reported"})
"""Rules whose new evidence starts the clock again and whose alert a person closes, unlike that of a missing answer."""

SETTLED = "Asked and answered since, or corrected"

_GONE = "What is behind this alert was corrected or entered in error; a person closes the alert"
_UNSIGNED = (
    "The clinic no longer signs for the number behind this alert: the answer stands and alerts nobody; "
    "a person closes the alert"
)


def reconcile_safety(
    person: Person, alert: Alert | None, team: Team, numbers: NumbersInForce, *, now: datetime, log: Log
) -> None:
    """Open, extend or settle the person's safety alert, and give every signal and report the alert that answers it."""
    dangers = open_dangers(person.safety, numbers)
    clinic_id = _who_sees(person, _clinic_in_charge(person, alert, dangers), dangers)
    if clinic_id is not None:
        clinic = person.clinics[clinic_id]
        today = clinic.today(now)
        findings = _findings(person, today, numbers.at(clinic_id))
        if alert is not None or findings:
            owner_id = owner_of((), clinic_id=clinic_id, team=team, today=today)
            if alert is not None:
                _extend(alert, person, findings, dangers, clinic=clinic, owner_id=owner_id, now=now, log=log)
            else:
                alert = open_alert(
                    _stand(findings, owner_id, today),
                    patient_id=person.patient_id,
                    episode_id=None,
                    clinic=clinic,
                    now=now,
                    log=log,
                    is_safety=True,
                )
    _answer_signals(person, alert, log)


def _clinic_in_charge(person: Person, alert: Alert | None, dangers: Sequence[Danger]) -> uuid.UUID | None:
    """The clinic that recorded the most pressing danger nobody has dealt with; else whose alert it is; else who asked.

    A milder answer entered elsewhere since takes no alert from whoever has to act on the worse one.
    """
    worst = most_pressing(dangers)
    if worst is not None:
        return worst.clinic_id
    if alert is not None:
        return alert.clinic_id
    facts = person.safety.facts
    answers = (answer for answer in facts.answers if answer.ground not in facts.dealt_with)
    newest = max(answers, key=lambda answer: (answer.on, answer.id), default=None)
    return None if newest is None else person.safety.clinic_of[newest.id]


def _who_sees(person: Person, clinic_id: uuid.UUID | None, dangers: Sequence[Danger]) -> uuid.UUID | None:
    """The clinic, if it sees the person: else the next that recorded a danger, has an episode, or sees them at all.

    Since a merge was undone, say, or a share ended: nobody there could open the alert any more.
    """
    cared_for = [episode.clinic_id for episode in person.history.episodes]
    if clinic_id is None or clinic_id in cared_for:
        return clinic_id
    seeing = sights(person.patient_id)
    if clinic_id in seeing or not seeing:
        return clinic_id
    worst = most_pressing(danger for danger in dangers if danger.clinic_id in seeing)
    here = [case.clinic.id for case in person.cases] or sorted(seeing)
    return here[0] if worst is None else worst.clinic_id


def _findings(person: Person, today: date, numbers: Numbers) -> tuple[Finding, ...]:
    verdicts = (rule.verdict(person.snapshot, today, numbers) for rule in RULEBOOK if rule.family is Family.SAFETY)
    return ranked(verdict.finding for verdict in verdicts if verdict.finding is not None)


def _stand(
    findings: Sequence[Finding], owner_id: uuid.UUID | None, today: date, *, taken_back: Mapping[str, Any] | None = None
) -> Stand:
    """One alert for all of them: the most pressing leads, the others stand beside it, then what was taken back."""
    lead, *others = findings
    evidence = plain(lead.evidence)
    if taken_back:
        evidence["taken_back"] = taken_back
    return _merged(lead.rule, lead.version, lead.tier, evidence, others, lead.since, owner_id=owner_id, today=today)


def _taken_back(
    alert: Alert, person: Person, told: Sequence[Mapping[str, Any]], withdrawn: set[Ground], today: date
) -> dict[str, Any] | None:
    """Those of the answers and reports the alert told of that stand no longer, beside what leads it, and their fate."""
    became = _fates(alert, person, told, withdrawn, today)
    gone = [each for each in told if ground_of(each)[1] in became.get(each["id"], ())]
    if not gone:
        return None
    reports = [each for each in gone if "item_id" not in each]
    answers = [each for each in gone if "item_id" in each]
    return {"answers": answers, "withdrawn": became} | ({"reports": reports} if reports else {})


def _fates(
    alert: Alert, person: Person, told: Iterable[Mapping[str, Any]], withdrawn: set[Ground], today: date
) -> dict[str, dict[str, dict[str, Any]]]:
    return fates(
        told,
        withdrawn=withdrawn,
        known=_fates_known(alert),
        today=today,
        replaces=person.safety.replaces,
        now_standing=person.safety.facts.answers,
        shown_only=person.safety.shown_only,
        zone=person.clinics[alert.clinic_id].zone,
    )


def _merged(
    rule: str,
    version: int,
    tier: Tier,
    evidence: dict[str, Any],
    others: Sequence[Finding],
    since: date,
    *,
    owner_id: uuid.UUID | None,
    today: date,
) -> Stand:
    if others:
        evidence["also"] = [{"rule": each.rule, "evidence": plain(each.evidence)} for each in others]
    return Stand(
        rule=rule,
        version=version,
        tier=tier,
        sentence=kept_sentence(rule, evidence, today),
        evidence=evidence,
        since=min([since, *(each.since for each in others)]),
        owner_id=owner_id,
    )


def _extend(
    alert: Alert,
    person: Person,
    findings: Sequence[Finding],
    dangers: Sequence[Danger],
    *,
    clinic: Clinic,
    owner_id: uuid.UUID | None,
    now: datetime,
    log: Log,
) -> None:
    """``clinic`` is in charge from now on; ``dangers`` are all that nobody has dealt with."""
    today = clinic.today(now)
    is_urgent = alert.tier == Tier.URGENT and person.snapshot.died_on is None
    needs_a_person = alert.rule in _TELLS_OF_DANGER
    if not findings and not needs_a_person:
        close_by_itself(alert, SETTLED, now=now, log=log)
        return
    has_moved, alert.clinic_id = alert.clinic_id != clinic.id, clinic.id  # first: the days it tells are local there
    fresh, withdrawn = _news(alert, person, findings)
    is_gone = all(finding.rule not in _TELLS_OF_DANGER for finding in findings)
    has_calmed = is_urgent and all(finding.tier is not Tier.URGENT for finding in findings)
    if has_calmed or (needs_a_person and is_gone):
        stand = _kept(alert, person, findings, withdrawn, owner_id=owner_id, today=today)
    else:
        taken_back = _taken_back(alert, person, list(_told(alert)), withdrawn, today)
        stand = _stand(findings, owner_id, today, taken_back=taken_back)
    known_withdrawn = _withdrawn_in(alert)
    has_restarted = revise(alert, stand, clinic=clinic, now=now, log=log)
    if fresh and not has_restarted:
        log.step(alert, "appended", now, stand.sentence, measurements=sorted({id_ for id_, _ in fresh}))
    if asks_again(fresh, dangers) and not has_restarted:
        restart(alert, owner_id=owner_id, clinic=clinic, now=now, log=log)
    elif has_moved and not has_restarted:
        owner = None if owner_id is None else str(owner_id)
        log.step(alert, "assigned", now, f"{clinic.name} answers for it now", owner=owner)
        restart(alert, owner_id=owner_id, clinic=clinic, now=now, log=log)
        record("alert.assigned", by=None, subject=alert, reason="another clinic answers for it")
    _tell_what_became(alert, withdrawn - known_withdrawn, now=now, log=log)


def _tell_what_became(alert: Alert, new: set[Ground], *, now: datetime, log: Log) -> None:
    """A step for the answers that are gone, and one for those whose number the clinic signs for no more."""
    became = _fates_known(alert)
    unsigned = {(id_, item_id) for id_, item_id in new if stands_in(became.get(id_, {}).get(item_id, {}))}
    for words, grounds in ((_GONE, new - unsigned), (_UNSIGNED, unsigned)):
        if grounds:
            log.step(alert, "appended", now, words, withdrawn=sorted({id_ for id_, _ in grounds}))


def _news(alert: Alert, person: Person, findings: Sequence[Finding]) -> tuple[set[Ground], set[Ground]]:
    """Dangers the alert has not seen, and those it rests on that are no longer there.

    A corrected copy that still tells of danger is neither, unless its answer is higher.
    """
    seen, replaces = seen_by([alert]), person.safety.replaces
    dangers = {
        ground: value
        for finding in findings
        if finding.rule in _TELLS_OF_DANGER
        for ground, value in covered_in(finding.evidence)
    }
    fresh = {ground for ground, value in dangers.items() if seen_before(ground, value, seen, replaces) is None}
    still_told = {version for ground in dangers for version in versions_of(ground, replaces)}
    return fresh, _dangers_in(alert) - still_told


def _withdrawn_in(alert: Alert) -> set[Ground]:
    """The answers the alert already says were taken back."""
    return {(id_, item_id) for id_, items in _fates_known(alert).items() for item_id in items}


def _fates_known(alert: Alert) -> dict[str, dict[str, Any]]:
    """What the alert already says became of them, by measurement and item."""
    known: dict[str, dict[str, Any]] = {}
    for part in (alert.evidence, alert.evidence.get("taken_back", {})):
        for id_, items in part.get("withdrawn", {}).items():
            known.setdefault(id_, {}).update(items)
    return known


def _dangers_in(alert: Alert) -> set[Ground]:
    """The positive answers and reports the alert rests on or has rested on, without the answers nobody has."""
    return {ground_of(each) for each in _told(alert)}


def _told(alert: Alert) -> Iterator[Mapping[str, Any]]:
    """The same as the evidence has them."""
    for part in _parts(alert):
        yield from _told_in(part)


def _told_in(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*part.get("answers", ()), *part.get("reports", ())]


def _parts(alert: Alert) -> list[Mapping[str, Any]]:
    """What tells of a danger in the alert's evidence, and what did."""
    told = [
        (alert.rule, alert.evidence),
        *((part["rule"], part["evidence"]) for part in alert.evidence.get("also", ())),
    ]
    dangers = [evidence for rule, evidence in told if rule in _TELLS_OF_DANGER]
    return [*dangers, alert.evidence.get("taken_back", {})]


def _kept(
    alert: Alert,
    person: Person,
    findings: Sequence[Finding],
    withdrawn: set[Ground],
    *,
    owner_id: uuid.UUID | None,
    today: date,
) -> Stand:
    """An alert whose danger is gone stands as it was, says so, and names what is still open beside it."""
    told_of = ("also", "withdrawn", "taken_back")
    evidence = {name: value for name, value in alert.evidence.items() if name not in told_of}
    lead = _told_in(evidence)
    became = _fates(alert, person, lead, withdrawn, today)
    if became:
        evidence["withdrawn"] = became
    others = [each for each in _told(alert) if each not in lead]
    taken_back = _taken_back(alert, person, others, withdrawn, today)
    if taken_back:
        evidence["taken_back"] = taken_back
    return _merged(
        alert.rule,
        alert.rule_version,
        Tier(alert.tier) if person.snapshot.died_on is None else Tier.ACTION,
        evidence,
        findings,
        alert.since,
        owner_id=owner_id,
        today=today,
    )


def _answer_signals(person: Person, alert: Alert | None, log: Log) -> None:
    """Every positive answer the database noticed names the alert that answers it; so does every report."""
    if not person.safety.unanswered:
        return
    for sign in person.safety.unanswered:
        ground = (str(sign.measurement_id), sign.item) if isinstance(sign, SafetySignal) else (str(sign.id), "")
        answering = person.safety.closed_by.get(ground) or (None if alert is None else alert.id)
        log.answer(sign, answering or _last_safety_alert(person.patient_id))


def _last_safety_alert(patient_id: uuid.UUID) -> uuid.UUID | None:
    """For an answer that was taken back before anybody could look: the alert that would have held it."""
    return db.session.scalar(
        select(Alert.id)
        .where(Alert.patient_id == patient_id, Alert.is_safety)
        .order_by(Alert.opened_at.desc(), Alert.id.desc())
        .limit(1)
    )
