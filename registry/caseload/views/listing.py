"""The caseload as a page. Searching posts, so that no name stands in an address."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from flask import render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from registry.access.policy import can, clinics_where, found, policy
from registry.audit.opened import opened
from registry.caseload.choices import list_saved_views
from registry.caseload.colleagues import list_colleagues
from registry.caseload.looked import list_news
from registry.caseload.models import SavedView
from registry.caseload.presenters.filters import filters_of
from registry.caseload.presenters.listed import scales_of, show_list
from registry.caseload.presenters.listing import show_caseload
from registry.caseload.presenters.row import STEPS, facts_of
from registry.caseload.queries import CaseloadPage, Reader, count_listings, list_caseload, list_one
from registry.caseload.rules import read_listing
from registry.caseload.views import blueprint
from registry.caseload.views.reading import columns_shown, read_as
from registry.caseload.views.rendered import rendered_filters, rendered_list, rendered_rows
from registry.episodes.scales import scales_in_force
from registry.patients.place import clinics_for
from registry.plans.queries import safety_plans
from registry.web.paging import page_number

MOST_CHIPS = 6
"""Saved views that stand on the page with their counts; the others stand on theirs."""


@blueprint.route("/caseload", methods=["GET", "POST"])
@policy("caseload.list")
def caseload() -> str:
    """The page; of a search as one types the list alone, since nothing else of the page is put in."""
    clinics = clinics_for("caseload.list")
    reader = read_as(clinics)
    listing = read_listing(request.args)
    page = page_number(request.args.get("page"))
    if request.method == "POST":
        listing, page = listing.searching(request.form.get("q", "")), 1
    columns = columns_shown()
    found = list_caseload(listing, reader=reader, columns=columns, page=page)
    is_widened = bool(listing.search) and not found.rows and listing != listing.among_everybody()
    if is_widened:
        listing = listing.among_everybody()
        found = list_caseload(listing, reader=reader, columns=columns, page=page)
    listed = show_list(
        listing,
        found,
        rows=_rows(found, reader, columns, names_scale=len(scales_of(found, columns)) > 1),
        columns=columns,
        page=page,
        saved=[] if listing.search else _counted_views(reader),
        may_assign=can(current_user, "work.reassign"),
        is_widened=is_widened,
    )
    opened("caseload.listed", by=current_user, shown=[row.patient_id for row in found.rows])
    if request.method == "POST" and "HX-Request" in request.headers:
        return rendered_list(listed)
    team = list_colleagues(listing, reader.clinic_ids)
    shown = show_caseload(
        listing, found, filters=rendered_filters(filters_of(listing, clinics, team)), enrol_url=_enrol_url()
    )
    return render_template("caseload/caseload.html", page=shown, listed=listed)


@blueprint.get("/caseload/rows/<uuid:episode_id>")
@policy("caseload.list")
def row(episode_id: uuid.UUID) -> str:
    """One row of the list as it stands now, for a list that is open: after a contact was logged in one line.

    ``named=no``: the list says in its heading which measure is the main one.
    """
    reader, columns = read_as(clinics_for("caseload.list")), columns_shown()
    one = list_one(episode_id, reader=reader, columns=columns)
    (printed,) = found(_rows(one, reader, columns, names_scale=request.args.get("named") != "no") or None)
    opened("caseload.listed", by=current_user, shown=[each.patient_id for each in one.rows])
    return printed


def _rows(page: CaseloadPage, reader: Reader, columns: tuple[str, ...], *, names_scale: bool) -> list[Markup]:
    people = [each.patient_id for each in page.rows]
    return rendered_rows(
        facts_of(
            page,
            reader.today,
            columns=columns,
            names_scale=names_scale,
            offers=_offers(reader.clinic_ids),
            read=scales_in_force(),
            clinics=reader.clinics,
            plans=safety_plans(people) if "safety" in columns else {},
            news=list_news(reader.user_id, people),
        )
    )


def _counted_views(reader: Reader) -> Sequence[tuple[SavedView, int]]:
    views = list_saved_views(current_user.id, reader.clinic_ids)[:MOST_CHIPS]
    counts = count_listings([read_listing(view.address) for view in views], reader)
    return list(zip(views, counts, strict=True))


def _offers(clinic_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Clinic → the steps this reader may do there: one offered and refused would stand in the trail as a refusal."""
    permitted = {step: clinics_where(current_user, step) for step in STEPS}
    return {clinic: frozenset(step for step in STEPS if clinic in permitted[step]) for clinic in clinic_ids}


def _enrol_url() -> str:
    return url_for("patients.add") if can(current_user, "patient.write") else ""
