"""What is done with several people of the list at once: taken out as a file, given to another care manager."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import found, policy
from registry.accounts.models import User
from registry.accounts.queries import get_user, list_users_with_role
from registry.audit.opened import opened
from registry.caseload.actions import assign_care_manager, refuse_unfit_manager
from registry.caseload.columns import Columns
from registry.caseload.forms import AssignForm
from registry.caseload.presenters.exported import headings_of, values_of
from registry.caseload.presenters.listed import address_of
from registry.caseload.presenters.row import facts_of, name_of
from registry.caseload.queries import CaseloadPage, list_chosen, list_everybody
from registry.caseload.rules import read_listing
from registry.caseload.views import blueprint
from registry.caseload.views.reading import columns_shown, read_as
from registry.episodes.errors import UnfitForTeam
from registry.episodes.scales import scales_in_force
from registry.patients.place import clinics_for
from registry.web.filters import count
from registry.web.spreadsheets import CSV_TYPE, XLSX_TYPE, Value, as_csv, as_workbook

MOST_EXPORTED = 5_000
"""Rows of one file: more is a report, and not a list anybody reads."""

MOST_CHOSEN = 200
"""People of one page, with room: more cannot have been ticked."""


@dataclass(frozen=True, slots=True)
class AssignPage:
    """What the page prints: who is given away, and to whom."""

    title: str
    names: Sequence[str]
    episode_ids: Sequence[str]
    form: AssignForm
    back_url: str


@blueprint.post("/caseload/export")
@policy("caseload.export")
def export() -> Response:
    """The list exactly as it is shown, all pages of it: its columns, filters and order; of those ticked, if any are.

    On record with how many, by which filters, and who they are by id.
    """
    reader, columns = read_as(clinics_for("caseload.export")), columns_shown()
    listing = read_listing(request.args).searching(request.form.get("q", ""))
    rows = list_everybody(
        listing, reader=reader, columns=columns, most=MOST_EXPORTED + 1, among_episodes=_episodes_asked_for()
    )
    if len(rows) > MOST_EXPORTED:
        flash(f"A file holds at most {MOST_EXPORTED:,} people. Choose a clinic or a filter first.", "error")
        return redirect(address_of(listing), 303)
    facts = facts_of(
        CaseloadPage(rows=rows, counts={}),
        reader.today,
        columns=columns,
        names_scale=True,
        offers=dict.fromkeys(reader.clinic_ids, frozenset()),
        read=scales_in_force(),
        clinics=reader.clinics,
    )
    is_workbook = request.form.get("format") == "xlsx"
    answer = _as_file(headings_of(columns), [values_of(each) for each in facts], is_workbook=is_workbook)
    opened(
        "caseload.exported",
        by=current_user,
        shown=[row.patient_id for row in rows],
        details={
            "rows": len(rows),
            "format": "xlsx" if is_workbook else "csv",
            "filters": dict(listing.address),
            "was_searched": bool(listing.search),
            "columns": list(columns),
        },
    )
    return answer


def _as_file(headings: Sequence[str], values: Sequence[Sequence[Value]], *, is_workbook: bool) -> Response:
    content = as_workbook("Caseload", headings, values) if is_workbook else as_csv(headings, values)
    answer = make_response(content)
    answer.mimetype = XLSX_TYPE if is_workbook else CSV_TYPE
    answer.headers["Content-Disposition"] = f'attachment; filename="caseload.{"xlsx" if is_workbook else "csv"}"'
    return answer


@blueprint.post("/caseload/assign")
@policy("work.reassign")
def assign() -> Response | str | tuple[str, int]:
    """Asks to whom the ticked people are given, then gives them, each from today and each on record."""
    clinics = clinics_for("work.reassign")
    back_url = address_of(read_listing(request.args))
    rows = list_chosen(_episodes_asked_for(), reader=read_as(clinics))
    if not rows:
        flash("Tick the people in the list first, then choose Assign.", "warning")
        return redirect(back_url, 303)
    form = AssignForm()
    managers = {user.id: user for clinic in _clinics_of(rows) for user in list_users_with_role(clinic, "care_manager")}
    form.to_user_id.choices = {"": "Choose", **{str(user_id): user.name for user_id, user in managers.items()}}
    if "to_user_id" in request.form and form.validate():
        to = found(get_user(uuid.UUID(form.to_user_id.data)))
        try:
            moved = _give(rows, to)
        except UnfitForTeam as problem:
            form.to_user_id.errors = [str(problem)]
        else:
            flash(f"{count(moved, 'person', 'people')} given to {to.name}.", "success")
            return redirect(back_url, 303)
    page = AssignPage(
        title="Assign a care manager",
        names=[name_of(row) for row in rows],
        episode_ids=[str(row.episode_id) for row in rows],
        form=form,
        back_url=back_url,
    )
    opened("caseload.listed", by=current_user, shown=[row.patient_id for row in rows])
    return render_template("caseload/assign.html", page=page), 422 if form.errors else 200


def _give(rows: Sequence[Columns], to: User) -> int:
    """Raises ``UnfitForTeam`` before anything moved, in whichever of the clinics it is."""
    refuse_unfit_manager(to=to, clinic_ids=_clinics_of(rows))
    return sum(
        assign_care_manager(
            episode_ids=[row.episode_id for row in rows if row.clinic_id == clinic_id],
            to=to,
            clinic_id=clinic_id,
            by=current_user,
        )
        for clinic_id in _clinics_of(rows)
    )


def _clinics_of(rows: Iterable[Columns]) -> list[uuid.UUID]:
    return sorted({row.clinic_id for row in rows})


def _episodes_asked_for() -> list[uuid.UUID]:
    """The episodes that were ticked; what is no identifier is none."""
    found: list[uuid.UUID] = []
    for text in request.form.getlist("episode")[:MOST_CHOSEN]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found
