"""The day's work in words: what is urgent, who is waiting, what falls due, what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from registry.alerts.models import Alert
from registry.alerts.parameters import Numbers
from registry.alerts.presenters.order import why_here
from registry.alerts.presenters.words import Reason, alert_url, banner, next_steps, reasons
from registry.alerts.rulebook import Tier, rule, unspoken_at, waiting_for_answer
from registry.clinics.models import Clinic
from registry.episodes.models import Episode, Transfer
from registry.episodes.rules import PHASE_TITLES, weeks_in_care
from registry.patients.models import Patient
from registry.patients.presenters import patient_url
from registry.patients.safety_banner import SafetyBanner
from registry.review.models import Recommendation
from registry.review.rules import AWAITS_DOING
from registry.review.rules import KINDS as ADVICE_KINDS
from registry.tasks.models import Task
from registry.tasks.presenters import answer_url, asked_words, due_words, tasks_url
from registry.tasks.queries import MOST_SHOWN
from registry.tasks.rules import is_late
from registry.web.addresses import page_address
from registry.web.filters import age, count, short_date

if TYPE_CHECKING:
    from registry.alerts.forms import AcknowledgeForm


NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class UrgentShown:
    """One urgent alert at the top of the day."""

    name: str
    facts: str
    url: str
    banner: SafetyBanner
    alert_url: str
    acknowledge: AcknowledgeForm | None
    acknowledge_url: str
    steps: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class PersonShown:
    """One patient with everything that is waiting."""

    name: str
    facts: str
    url: str
    care: str
    reasons: Sequence[Reason]
    stands: str
    steps: Sequence[Mapping[str, str]]
    place: str = ""
    """Their place in the list, where it is ranked."""
    why_here: str = ""
    """The reason that places them there."""


def more_transfers(shown: int, in_all: int) -> str:
    """That more transfers wait than are shown, nothing where none do."""
    return f"{count(in_all, 'transfer waits', 'transfers wait')} for an answer: see all" if in_all > shown else ""


def cut_words(shown: int, in_all: int) -> str:
    """That a list does not show everything, nothing where it does."""
    if shown >= in_all:
        return ""
    which = f"The first {shown:,} of {in_all:,} urgent alerts, by the time that is left"
    return f"{which}. Answer these, and the next ones appear."


def urgent_shown(
    alert: Alert,
    patient: Patient,
    clinic: Clinic,
    now: datetime,
    *,
    acknowledge: AcknowledgeForm | None,
    steps: Sequence[Mapping[str, str]],
) -> UrgentShown:
    return UrgentShown(
        name=patient.name,
        facts=_facts(patient, clinic.today(now)),
        url=patient_url(patient.id),
        banner=banner(alert, clinic, now),
        alert_url=alert_url(alert),
        acknowledge=acknowledge,
        acknowledge_url=page_address("alerts.acknowledge", patient_id=patient.id, alert_id=alert.id),
        steps=steps,
    )


def person_shown(
    alerts: Sequence[Alert],
    patient: Patient,
    episode: Episode | None,
    today: date,
    *,
    may: Mapping[str, bool],
    with_owner: bool,
    place: int,
) -> PersonShown:
    """One row: every reason, ranked; how long the oldest has stood; and what to do next."""
    owners = sorted({alert.owner.name if alert.owner else "nobody yet" for alert in alerts})
    return PersonShown(
        name=patient.name,
        facts=_facts(patient, today),
        url=patient_url(patient.id),
        care=" · ".join([_phase(episode, today), *(owners if with_owner else [])]),
        reasons=reasons(alerts, today),
        stands=_days(max((today - alert.since).days for alert in alerts)),
        steps=[*next_steps(patient, may, episode), *(_snooze_steps(alerts, patient) if may["snooze"] else ())],
        place=f"{place:,}",
        why_here=why_here(alerts[0], today),
    )


def transfer_shown(transfer: Transfer, today: date, numbers: Numbers, *, may_answer: bool) -> PersonShown:
    """Somebody this clinic is asked to take over: how long it has stood, and where to answer."""
    sender, patient = transfer.from_clinic.name, transfer.patient
    tier, sentence = waiting_for_answer(sender, proposed_on=transfer.proposed_on, today=today, numbers=numbers)
    url = page_address("episodes.answer_transfer", patient_id=patient.id, transfer_id=transfer.id)
    return PersonShown(
        name=patient.name,
        facts=_facts(patient, today),
        url=patient_url(patient.id),
        care=f"To {transfer.to_clinic.name}",
        reasons=[Reason(tier=tier, sentence=sentence, since="", url=url if may_answer else "")],
        stands=_days((today - transfer.proposed_on).days),
        steps=[{"label": "Answer", "url": url, "key": "", "about": patient.name}] if may_answer else [],
    )


def unspoken_shown(transfer: Transfer, today: date) -> PersonShown:
    """Somebody this clinic handed over by a contact that was taken back since."""
    patient, completed_on = transfer.patient, transfer.completed_on or today
    tier, sentence = unspoken_at(transfer.to_clinic.name, completed_on=completed_on, today=today)
    return PersonShown(
        name=patient.name,
        facts=_facts(patient, today),
        url=patient_url(patient.id),
        care=f"At {transfer.to_clinic.name}",
        reasons=[Reason(tier=tier, sentence=sentence, since="", url=patient_url(patient.id))],
        stands=_days((today - completed_on).days),
        steps=[],
    )


def task_due_shown(task: Task, episode: Episode | None, today: date, *, may_contact: bool) -> PersonShown:
    """What a colleague asks for today, or asked for by a day that has passed."""
    patient, lives = task.patient, task.patient.died_on is None
    is_over = lives and is_late(task.due_on, today)
    sentence = f"{asked_words(task)}, {due_words(task, today)}"
    return PersonShown(
        name=patient.name,
        facts=_facts(patient, today),
        url=patient_url(patient.id),
        care="",
        reasons=[
            Reason(tier=Tier.ACTION if is_over else Tier.REMINDER, sentence=sentence, since="", url=answer_url(task))
        ],
        stands=_days((today - (task.due_on or today)).days),
        steps=[
            {"label": "Answer", "url": answer_url(task), "key": "", "about": patient.name},
            *next_steps(patient, {"contact": may_contact and lives, "measure": False, "question": False}, episode),
        ],
    )


def task_late_shown(task: Task, today: date) -> PersonShown:
    """What another colleague was asked for by a day that has passed: whose it is, and where it stands."""
    shown, url = task_due_shown(task, None, today, may_contact=False), tasks_url(task.patient_id)
    return replace(
        shown,
        care=f"Asked of {task.recipient.name}",
        reasons=[replace(reason, url=url) for reason in shown.reasons],
        steps=[],
    )


def advice_shown(advice: Recommendation, patient: Patient, today: date, numbers: Numbers) -> PersonShown:
    """A recommendation of the psychiatrist that waits for the reader: to decide, or to be done. Louder once late."""
    is_decided = advice.state in AWAITS_DOING
    waits_since = (advice.decided_on if is_decided else None) or advice.proposed_on
    allowed = numbers.get("review.undone.after" if is_decided else "review.open.undecided")
    is_over = allowed is not None and (today - waits_since).days >= allowed
    url = page_address("review.decide", patient_id=patient.id, recommendation_id=advice.id)
    what = advice.decision_why if advice.state == "modified" else advice.words
    asked = "accepted" if is_decided else f"recommended by {advice.review.consultant.name}"
    sentence = f"{ADVICE_KINDS[advice.kind]}: {what} ({asked} {short_date(waits_since, today=today)})"
    return PersonShown(
        name=patient.name,
        facts=_facts(patient, today),
        url=patient_url(patient.id),
        care="",
        reasons=[Reason(tier=Tier.ACTION if is_over else Tier.REMINDER, sentence=sentence, since="", url=url)],
        stands=_days((today - waits_since).days),
        steps=[{"label": "Done" if is_decided else "Decide", "url": url, "key": "", "about": patient.name}],
    )


def tasks_cut_words(listed: int) -> str:
    """That a list of tasks does not show everything, nothing where it does."""
    return f"The first {MOST_SHOWN}: when these are answered, the next ones appear." if listed > MOST_SHOWN else ""


def _days(number: int) -> str:
    return count(number, "day").replace(" ", NO_BREAK)


def _snooze_steps(alerts: Sequence[Alert], patient: Patient) -> Iterator[Mapping[str, str]]:
    """To put off the most pressing reason of those that may wait; none where none may."""
    for alert in alerts:
        if not rule(alert.rule).ends_with:
            yield {"label": "Snooze…", "url": f"{alert_url(alert)}#snooze", "key": "", "about": patient.name}
            return


def _facts(patient: Patient, today: date) -> str:
    pronoun = patient.pronouns.partition("/")[0].strip()
    return " · ".join(part for part in (pronoun, str(age(patient.birth_date, today)), patient.mrn) if part)


def _phase(episode: Episode | None, today: date) -> str:
    if episode is None:
        return "Not in care"
    title = PHASE_TITLES[episode.phase]
    if episode.enrolled_on is None:
        return title
    return f"{title} · {weeks_in_care(episode.enrolled_on, ended_on=None, today=today)} wk"
