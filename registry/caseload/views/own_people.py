"""The people of a peer specialist."""

from __future__ import annotations

from flask import render_template
from flask_login import current_user

from registry import clock
from registry.access.policy import policy
from registry.audit.opened import opened
from registry.caseload.own_people import list_own_people
from registry.caseload.presenters.own_people import show_own_people
from registry.caseload.views import blueprint
from registry.patients.place import clinics_for


@blueprint.get("/my-people")
@policy("patient.read-own")
def my_people() -> str:
    now = clock.now()
    clinics = {clinic.id: clinic for clinic in clinics_for("patient.read-own")}
    found = list_own_people(current_user.id, clinics.keys(), at=now)
    opened("own-people.listed", by=current_user, shown=[episode.patient_id for episode in found.episodes])
    today = {id_: clinic.today(now) for id_, clinic in clinics.items()}
    page = show_own_people(found, today, is_timing=current_user.stopwatch is not None)
    return render_template("caseload/my_people.html", page=page)
