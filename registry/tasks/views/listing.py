"""What was asked about a person, and what one asked of colleagues oneself."""

from __future__ import annotations

import uuid

from flask import render_template, request, url_for
from flask_login import current_user

from registry import clock
from registry.access.policy import can, found, permitted_clinics, policy
from registry.audit.opened import opened
from registry.clinics.queries import clinics_by_id
from registry.episodes.patient_header import load_header
from registry.episodes.place import get_clinic_of
from registry.patients.record_tabs import record_tabs
from registry.tasks import queries
from registry.tasks.presenters import SentPage, TasksPage, show_task
from registry.tasks.views.common import PER_PAGE, blueprint
from registry.web.pages import Page
from registry.web.paging import Paging, page_number


@blueprint.get("/patients/<uuid:patient_id>/tasks")
@policy("patient.read")
def tasks(patient_id: uuid.UUID) -> Page:
    clinic = found(get_clinic_of(patient_id, permitted_clinics("patient.read")))
    today, number = clinic.today(clock.now()), page_number(request.args.get("page"))
    rows = queries.list_tasks(patient_id, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    page = TasksPage(
        title="Tasks",
        patient=found(load_header(patient_id, today, clinic_id=clinic.id)),
        tabs=record_tabs(patient_id),
        tasks=[show_task(row, today=today, zone=clinic.zone, reader_id=current_user.id) for row in rows],
        pages=Paging(
            page=number,
            per_page=PER_PAGE,
            total=queries.count_tasks(patient_id),
            address=lambda wanted: url_for("tasks.tasks", patient_id=patient_id, page=wanted),
        ),
        write_url=url_for("tasks.send", patient_id=patient_id)
        if can(current_user, queries.WRITING, clinic_id=clinic.id)
        else "",
    )
    opened("tasks.opened", by=current_user, patient_id=patient_id, clinic_id=clinic.id)
    return render_template("tasks/tasks.html", page=page)


@blueprint.get("/tasks/sent")
@policy("task.write")
def sent() -> Page:
    """What one asked and told about anybody, with what became of it."""
    clinic_ids, number, now = permitted_clinics("task.write"), page_number(request.args.get("page")), clock.now()
    rows = queries.list_sent(current_user.id, clinic_ids, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    clinics = clinics_by_id(clinic_ids)
    page = SentPage(
        title="What you asked of colleagues",
        tasks=[
            show_task(
                row,
                today=clinics[row.clinic_id].today(now),
                zone=clinics[row.clinic_id].zone,
                reader_id=current_user.id,
            )
            for row in rows
        ],
        pages=Paging(
            page=number,
            per_page=PER_PAGE,
            total=queries.count_sent(current_user.id, clinic_ids),
            address=lambda wanted: url_for("tasks.sent", page=wanted),
        ),
        day_url=url_for("alerts.worklist"),
    )
    opened("tasks.listed", by=current_user, shown=sorted({row.patient_id for row in rows}, key=str))
    return render_template("tasks/sent.html", page=page)
