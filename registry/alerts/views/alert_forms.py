"""What can be done about one alert, by this reader: the forms of its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask_login import current_user

from registry import clock
from registry.access.policy import can, permitted_clinics
from registry.access.roles import Role
from registry.accounts.queries import list_users_to_answer
from registry.alerts import queries
from registry.alerts.forms import AssignForm, CloseForm, NoteForm, SnoozeForm, TellForm
from registry.alerts.hours.duty import ANSWERING_ROLES
from registry.alerts.models import CARE_OUTCOMES, OUTCOMES, Alert
from registry.alerts.presenters.alert import AlertForms, choices_of, goes_with_words, people_told_by_name
from registry.alerts.presenters.words import reasons
from registry.alerts.rulebook import Audience, Tier, rule
from registry.alerts.together import can_wait_too, days_put_off, edition, said_with
from registry.alerts.views.shared import acknowledge_form
from registry.alerts.views.shared import act_form as urgent_form
from registry.alerts.withdrawn import is_taken_back
from registry.clinics.models import Clinic
from registry.db.conflict import EditConflict
from registry.extensions import db

_IN_ERROR = "entered-in-error"
_REPORTED = "safety.reported"
_ON_WHAT_WAS_SAID = ("safety.self-harm", "safety.abuse", _REPORTED)
_ERROR_HINT = "Was the answer itself wrong? Mark the measure as entered in error first: then that outcome stands here."
_REPORT_HINT = "Was somebody else meant? Mark the report as entered in error first: then that outcome stands here."
_REVIEW_HINT = "The person stays in the review queue: only a recorded review ends that."


def forms_of(row: Alert, **sent: Any) -> AlertForms:
    """Every form this reader may use on the alert as it is now; ``sent`` is the one that came back."""
    if row.closed_at is not None:
        return AlertForms()
    standing = queries.list_open_alerts(row.patient_id)
    version = str(row.version)
    here = None if row.is_safety else row.clinic_id

    def offered(name: str, action: str, make: Callable[[], Any]) -> Any:
        return sent.get(name) or (make() if can(current_user, action, clinic_id=here) else None)

    may_end = not rule(row.rule).ends_with
    along = goes_with(row, standing)
    forms = AlertForms(
        acknowledge=None
        if row.state == "acknowledged" and (not row.escalation or row.acknowledged_by_id == current_user.id)
        else offered("acknowledge", "alert.acknowledge", lambda: acknowledge_form(row)),
        act=offered("act", "alert.acknowledge", lambda: act_form(row, formdata=None, version=version)),
        assign=offered("assign", "alert.assign", lambda: assign_form(row, version)),
        tell=offered("tell", "alert.acknowledge", lambda: tell_form(row, version)) if _may_be_told(row) else None,
        snooze=offered("snooze", "alert.snooze", lambda: snooze_form(row, standing, formdata=None, version=version))
        if days_put_off(row)
        else None,
        close=None
        if (row.tier == Tier.QUEUE or not may_end) and "close" not in sent
        else offered("close", "alert.close", lambda: close_form(row, formdata=None, version=version)),
        goes_with=goes_with_words(along),
    )
    for form in (forms.snooze, forms.close):
        if form is not None:
            form.along.data = edition(along)
    return forms


def assign_form(row: Alert, version: str) -> AssignForm:
    form = AssignForm(formdata=None, prefix="assign-", version=version)
    form.to.choices = colleagues(row)
    return form


def tell_form(row: Alert, version: str) -> TellForm:
    form = TellForm(formdata=None, prefix="tell-", version=version)
    form.to.choices = to_be_told(row)
    return form


def to_be_told(row: Alert) -> dict[str, str]:
    """Psychiatrists of the clinic who neither have the alert nor were told of it."""
    know = {row.owner_id, *people_told_by_name(queries.list_steps(row.id))}
    return choices_of([each for each in list_users_to_answer(row.clinic_id, Role.PSYCHIATRIST) if each.id not in know])


def _may_be_told(row: Alert) -> bool:
    return row.tier == Tier.URGENT and bool(to_be_told(row))


def snooze_form(row: Alert, standing: Sequence[Alert], **kwargs: Any) -> SnoozeForm:
    today = db.session.get_one(Clinic, row.clinic_id).today(clock.now())
    others = can_wait_too(row, standing, clinic_ids=permitted_clinics("alert.snooze"))
    choices = {edition(said): _said(said, today) for each in others if (said := [each, *goes_with(each, standing)])}
    return SnoozeForm(prefix="snooze-", others=choices, **kwargs)


def _said(alerts: Sequence[Alert], today: date) -> str:
    return "; ".join(reason.sentence for reason in reasons(alerts, today))


def chosen_too(form: SnoozeForm, standing: Sequence[Alert]) -> list[Alert]:
    """What was ticked on the page of another, with what goes with each; ``form`` was found to be as it is now."""
    shown = {pair.partition(":")[0] for each in form.also.data or () for pair in each.split()}
    return [each for each in standing if str(each.id) in shown]


def goes_with(row: Alert, standing: Sequence[Alert]) -> list[Alert]:
    """What is put off and closed with it."""
    other = said_with(row, standing)
    return [] if other is None else [other]


def refuse_another(row: Alert, form: SnoozeForm | CloseForm, along: Sequence[Alert]) -> None:
    """What goes with the alert is another one than the page showed, or no longer the same. Raises ``EditConflict``."""
    if (form.along.data or "") != edition(along):
        raise EditConflict(row)


def colleagues(row: Alert) -> dict[str, str]:
    answering = list_users_to_answer(row.clinic_id, *ANSWERING_ROLES)
    return choices_of([each for each in answering if each.id != row.owner_id])


def act_form(row: Alert, **kwargs: Any) -> NoteForm:
    """Only what is urgent has a clock to time the next attempt by."""
    return urgent_form(row, prefix="act-", **kwargs) if row.tier == Tier.URGENT else NoteForm(prefix="act-", **kwargs)


def close_form(row: Alert, **kwargs: Any) -> CloseForm:
    return CloseForm(prefix="close-", outcomes=_outcomes(row), **kwargs)


def _outcomes(row: Alert) -> list[str]:
    """How this alert can end. "Entered in error" ends an answer or a report only once it is withdrawn."""
    if not row.is_safety:
        return list(CARE_OUTCOMES)
    return [code for code in OUTCOMES if code != _IN_ERROR or not _awaits_withdrawal(row)]


def _awaits_withdrawal(row: Alert) -> bool:
    return row.rule in _ON_WHAT_WAS_SAID and not is_taken_back(row.evidence)


def closing_hint(row: Alert) -> str:
    if row.is_safety:
        hint = _REPORT_HINT if row.rule == _REPORTED else _ERROR_HINT
        return hint if _awaits_withdrawal(row) else ""
    return _REVIEW_HINT if Audience.PSYCHIATRIST in rule(row.rule).audience else ""
