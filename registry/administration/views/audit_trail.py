"""The audit trail: one's own acts, a clinic's, or all of them, without values from anybody's record."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access import scope
from registry.access.policy import can, clinics_where, policy
from registry.accounts.queries import names_of
from registry.administration import trail
from registry.administration.forms import OUTCOMES, AuditPatientForm, AuditSearchForm
from registry.administration.reach import clinics_in_reach
from registry.administration.trail_reach import TrailReach, trail_reach
from registry.administration.views.common import blueprint
from registry.audit.models import AuditEvent
from registry.audit.opened import opened
from registry.audit.recorder import record_alone
from registry.db.transaction import end_read
from registry.patients.models import Patient
from registry.web.columns import Column
from registry.web.filters import count, long_date
from registry.web.paging import Paging, page_number

PER_PAGE = 50
FIELDS_SHOWN = 8

COLUMNS: Mapping[str, str] = {
    "time": "When",
    "who": "Who",
    "action": "What",
    "outcome": "Outcome",
    "patient": "About",
}


@dataclass(frozen=True, slots=True)
class EventRow:
    """One act in words. ``fields`` names what changed, never the values."""

    number: int
    at: str
    who: str
    action: str
    outcome: str
    is_refused: bool
    about: str
    about_url: str | None
    fields: str
    reason: str
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    title: str
    whose: str
    rows: tuple[EventRow, ...]
    columns: tuple[Column, ...]
    form: AuditSearchForm
    patient_form: AuditPatientForm | None
    patient_url: str
    is_of_several: bool
    """Whether there is a clinic to choose."""
    names_everybody: bool
    """Else there are too many people to choose from, until a clinic is chosen."""
    is_about_one: bool
    everybody_url: str
    pages: Paging

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors or (self.patient_form and self.patient_form.errors))


@blueprint.get("/audit")
@policy("audit.own")
def audit() -> tuple[str, int]:
    """Newest first. Whose acts may be seen follows from the role, never from the address."""
    form = AuditSearchForm(request.args)
    return _show(form, patient_form=_patient_form(), status=200 if form.validate() else 422)


@blueprint.post("/audit/patient")
@policy("audit.own")
def audit_of_patient() -> Response | tuple[str, int]:
    """From an MRN to the acts about that person: posted, so that no MRN stands in an address."""
    form = _patient_form()
    if form is None:
        abort(403)
    if form.validate_on_submit():
        person_id = _find(form.mrn.data or "")
        if person_id is not None:
            return redirect(url_for("administration.audit", person=person_id), 303)
        form.mrn.errors = ["Nobody you may ask about has this MRN"]
    return _show(AuditSearchForm(), patient_form=form, status=422)


def _find(mrn: str) -> uuid.UUID | None:
    """That somebody audits a person is itself recorded."""
    with _within_those_asked_about():
        person_id = trail.find_patient_id(mrn)
    if can(current_user, "audit.patient"):
        end_read()
        record_alone("audit.patient-asked", by=current_user, patient_id=person_id, kind="read")
    return person_id


def _patient_form() -> AuditPatientForm | None:
    may_ask = can(current_user, "audit.patient") or can(current_user, "patient.read")
    return AuditPatientForm() if may_ask else None


def _show(form: AuditSearchForm, *, patient_form: AuditPatientForm | None, status: int) -> tuple[str, int]:
    reach = trail_reach(_uuid(form.clinic_id.data))
    _offer(form, reach)
    question = _question(form, reach)
    number = page_number(request.args.get("page"))
    acts = trail.list_acts(question, page=number, per_page=PER_PAGE)
    patients, zone = _patients(acts), reach.zone
    names = names_of({act.actor_id for act in acts})
    opened("audit.listed", by=current_user, shown=list(patients))
    address = _address(form)
    page = AuditPage(
        title="Audit trail",
        whose=reach.whose,
        rows=tuple(_row(act, names, patients, zone=zone) for act in acts),
        columns=_columns(question, address),
        form=form,
        patient_form=patient_form,
        patient_url=url_for("administration.audit_of_patient"),
        is_of_several=len(reach.clinics) > 1,
        names_everybody=reach.names_everybody,
        is_about_one=bool(question.person_ids),
        everybody_url=url_for("administration.audit"),
        pages=Paging(
            page=number,
            per_page=PER_PAGE,
            total=trail.count_acts(question),
            address=lambda wanted: url_for("administration.audit", **address, page=wanted),
        ),
    )
    return render_template("administration/audit.html", page=page), status


def _offer(form: AuditSearchForm, reach: TrailReach) -> None:
    """Clinics and people to choose from; whoever was asked for stays chosen."""
    form.clinic_id.choices = {"": "All", **{str(clinic.id): clinic.name for clinic in reach.clinics}}
    people = reach.people(_uuid(form.actor_id.data))
    form.actor_id.choices = {"": "Anybody", **{str(user_id): name for user_id, name in people.items()}}


def _question(form: AuditSearchForm, reach: TrailReach) -> trail.Question:
    sort = next((name for name in trail.SORTS if name == form.sort.data), "time")
    return trail.Question(
        only_of=None if can(current_user, "audit.names") or can(current_user, "audit.clinic") else current_user.id,
        clinic_ids=reach.clinic_ids,
        actor_id=_uuid(form.actor_id.data),
        person_ids=_records_of(_uuid(form.person.data)),
        action=(form.action.data or "").strip() if not form.action.errors else "",
        outcome=form.outcome.data if form.outcome.data in OUTCOMES else "",
        since=_instant(form.since.data, reach.zone),
        before=_instant(form.until.data, reach.zone, days=1),
        sort=sort,
        is_descending=form.order.data == "descending" if form.order.data else sort == "time",
    )


def _records_of(person_id: uuid.UUID | None) -> frozenset[uuid.UUID]:
    if person_id is None:
        return frozenset()
    with _within_those_asked_about():
        return trail.records_of(person_id)


def _within_those_asked_about() -> AbstractContextManager[None]:
    """Whoever audits asks about anybody of the organisation, others about their own patients."""
    if can(current_user, "audit.patient"):
        return scope.within(clinic.id for clinic in clinics_in_reach("audit.patient"))
    return scope.within(clinics_where(current_user, "patient.read"))


def _patients(acts: Any) -> Mapping[uuid.UUID, Patient]:
    """The people these acts are about, as far as they are the reader's own patients."""
    with scope.within(clinics_where(current_user, "patient.read")):
        return trail.patients_among({act.person_id for act in acts if act.person_id})


def _row(
    act: AuditEvent, names: Mapping[uuid.UUID, str], patients: Mapping[uuid.UUID, Patient], *, zone: ZoneInfo
) -> EventRow:
    local = act.at.astimezone(zone)
    patient = patients.get(act.person_id) if act.person_id else None
    is_refusal = act.kind == "refusal"
    about = f"{patient.given_name} {patient.legal_family}, MRN {patient.mrn}" if patient else ""
    return EventRow(
        number=act.number,
        at=f"{long_date(local.date())}, {local:%H:%M:%S}",
        who=names.get(act.actor_id, "Somebody") if act.actor_id else act.actor_kind.capitalize(),
        action=act.action.replace(".", " ").replace("-", " "),
        outcome=OUTCOMES[act.outcome].lower(),
        is_refused=act.outcome != "success",
        about=about or ("A person" if act.person_id else ""),
        about_url=_about_url(act, is_known=patient is not None),
        fields=_fields(act),
        # A reason may say something about the person: whoever does not see the person does not see it.
        reason=(act.reason or "") if patient or act.person_id is None or is_refusal else "",
        request_id=act.request_id or "",
    )


def _about_url(act: AuditEvent, *, is_known: bool) -> str | None:
    """The acts about the same person. A refused id may be a stranger's, or nobody's: it leads nowhere."""
    if act.person_id is None or (act.kind == "refusal" and not (is_known or can(current_user, "audit.names"))):
        return None
    return url_for("administration.audit", person=act.person_id)


def _fields(act: AuditEvent) -> str:
    changes = act.changes or []
    shown = sum(len(change.get("shown", ())) for change in changes)
    if shown:
        return f"{count(shown, 'person', 'people')} shown"
    changed = sorted(
        {f"{each['entity']}.{name}" for each in changes if "entity" in each for name in each.get("after", ())}
    )
    more = " …" if len(changed) > FIELDS_SHOWN else ""
    return ", ".join(changed[:FIELDS_SHOWN]) + more


def _columns(question: trail.Question, address: Mapping[str, Any]) -> tuple[Column, ...]:
    sortable = tuple(
        Column(
            label=label,
            url=url_for("administration.audit", **{**address, "sort": name, "order": _next_order(question, name)}),
            direction=_direction(question) if question.sort == name else "",
        )
        for name, label in COLUMNS.items()
    )
    return *sortable, Column(label="Fields"), Column(label="Request")


def _direction(question: trail.Question) -> str:
    return "descending" if question.is_descending else "ascending"


def _next_order(question: trail.Question, name: str) -> str:
    return "ascending" if question.sort == name and question.is_descending else "descending"


def _address(form: AuditSearchForm) -> dict[str, Any]:
    """What the present question looks like in an address: ids, dates and kinds of act, no name."""
    return {field.short_name: field.raw_data[0] for field in form if field.raw_data and field.raw_data[0]}


def _instant(day: date | None, zone: ZoneInfo, *, days: int = 0) -> datetime | None:
    """Midnight of a local date, some days on."""
    return datetime.combine(day + timedelta(days=days), time(), tzinfo=zone).astimezone(UTC) if day else None


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
