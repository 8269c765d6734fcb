"""The caseload as a page. Searching posts, so that no name stands in an address."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from flask import render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from registry.access.policy import actions_by_clinic, can, found, policy
from registry.access.reading import Read
from registry.audit.opened import opened
from registry.caseload.around import read_around
from registry.caseload.choices import name_views
from registry.caseload.colleagues import list_colleagues
from registry.caseload.columns import Columns
from registry.caseload.looked import list_news
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
    is_list_alone = request.method == "POST" and "HX-Request" in request.headers
    read = read_around(reader.user_id, reader.clinic_ids, is_whole_page=not is_list_alone)
    columns = columns_shown(read)
    found = list_caseload(listing, reader=reader, columns=columns, page=page)
    is_widened = bool(listing.search) and not found.rows and listing != listing.among_everybody()
    if is_widened:
        listing = listing.among_everybody()
        found = list_caseload(listing, reader=reader, columns=columns, page=page)
    listed = show_list(
        listing,
        found,
        rows=_rows(found, reader, columns, read, names_scale=len(scales_of(found, columns)) > 1),
        columns=columns,
        page=page,
        saved=[] if listing.search else _counted_views(reader, read),
        may_assign=can(current_user, "work.reassign"),
        is_widened=is_widened,
    )
    opened("caseload.listed", by=current_user, shown=[row.patient_id for row in found.rows])
    if is_list_alone:
        return rendered_list(listed)
    team = list_colleagues(listing, reader.clinic_ids, read)
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
    reader = read_as(clinics_for("caseload.list"))
    read = read_around(reader.user_id, reader.clinic_ids, is_whole_page=False)
    columns = columns_shown(read)
    one = list_one(episode_id, reader=reader, columns=columns)
    printed = found(_rows(one, reader, columns, read, names_scale=request.args.get("named") != "no") or None)
    opened("caseload.listed", by=current_user, shown=[each.patient_id for each in one.rows])
    return printed


def _rows(page: CaseloadPage, reader: Reader, columns: tuple[str, ...], read: Read, *, names_scale: bool) -> Markup:
    marked = [each.patient_id for each in page.rows if each.looked_at is not None]
    return rendered_rows(
        facts_of(
            page,
            reader.today,
            columns=columns,
            names_scale=names_scale,
            offers=_offers(reader.clinic_ids),
            read=scales_in_force(read),
            clinics=reader.clinics,
            news=list_news(reader.user_id, marked),
        )
    )


def _counted_views(reader: Reader, read: Read) -> Sequence[tuple[Columns, int]]:
    views = name_views(reader.user_id, reader.clinic_ids, read)[:MOST_CHIPS]
    counts = count_listings([read_listing(view.address) for view in views], reader)
    return list(zip(views, counts, strict=True))


def _offers(clinic_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Clinic → the steps this reader may do there: one offered and refused would stand in the trail as a refusal."""
    permitted = actions_by_clinic(current_user)
    return {clinic: permitted[clinic].intersection(STEPS) for clinic in clinic_ids}


def _enrol_url() -> str:
    return url_for("patients.add") if can(current_user, "patient.write") else ""
