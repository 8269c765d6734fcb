"""Saved views: lists somebody comes back to, their own and those shared with their clinic."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import can, found, policy
from registry.accounts import receipts
from registry.caseload import actions
from registry.caseload.choices import get_saved_view, list_saved_views
from registry.caseload.forms import SaveViewForm
from registry.caseload.models import SavedView
from registry.caseload.presenters.listed import address_of, words_of
from registry.caseload.queries import count_listings
from registry.caseload.rules import Listing, read_listing
from registry.caseload.views import blueprint
from registry.caseload.views.reading import read_as
from registry.clinics.models import Clinic
from registry.patients.place import clinics_for


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view with what the reader may do with it."""

    id: uuid.UUID
    name: str
    url: str
    count: str
    holds: str
    seen_by: str
    share_with: Sequence[tuple[str, str]]
    """Clinics it may be shared with: id and name."""
    is_shared: bool
    is_own: bool
    may_remove: bool


@dataclass(frozen=True, slots=True)
class SavedViewsPage:
    """What the page prints."""

    title: str
    subtitle: str
    rows: Sequence[ViewRow]
    form: SaveViewForm
    holds: str
    """The list that would be saved, in words."""
    back_url: str


@blueprint.route("/caseload/views", methods=["GET", "POST"])
@policy("caseload.list")
def saved_views() -> Response | str | tuple[str, int]:
    """The views with their counts, and the list one comes from, to be saved as one more."""
    clinics = clinics_for("caseload.list")
    listing = read_listing(request.args)
    form = SaveViewForm(clinics=[(str(clinic.id), clinic.name) for clinic in clinics])
    if not form.validate_on_submit():
        return _show(form, listing, clinics), 422 if form.errors else 200
    share_with = next((clinic for clinic in clinics if clinic.id == form.clinic_id), None)

    def save() -> str:
        actions.save_view(name=form.name.data or "", listing=listing, share_with=share_with, by=current_user)
        return address_of(listing)

    try:
        return redirect(receipts.once(form.key, by=current_user, act=save), 303)
    except actions.DuplicateView:
        form.name.errors = ["You have a view of this name. Choose another name, or remove the old one first"]
    except actions.TooManyViews:
        form.name.errors = [f"You have {actions.MOST_VIEWS} views. Remove one you do not use first"]
    return _show(form, listing, clinics), 422


@blueprint.post("/caseload/views/<uuid:view_id>/share")
@policy("caseload.list")
def share_view(view_id: uuid.UUID) -> Response:
    """With one of one's clinics, or with nobody again. Its owner alone may."""
    clinics = clinics_for("caseload.list")
    view = _reachable(view_id, clinics)
    if view.owner_id != current_user.id:
        abort(404)
    asked = request.form.get("clinic", "")
    clinic = next((each for each in clinics if str(each.id) == asked), None)
    if asked and clinic is None:
        abort(404)
    actions.share_view(view=view, clinic=clinic, by=current_user)
    return redirect(url_for("caseload.saved_views"), 303)


@blueprint.post("/caseload/views/<uuid:view_id>/remove")
@policy("caseload.list")
def remove_view(view_id: uuid.UUID) -> Response:
    """Its owner may, and a lead of the clinic it is shared with."""
    view = _reachable(view_id, clinics_for("caseload.list"))
    if not _may_remove(view):
        abort(404)
    name = view.name
    actions.remove_view(view=view, by=current_user)
    flash(f"The view “{name}” is removed. Nobody on it was changed.", "success")
    return redirect(url_for("caseload.saved_views"), 303)


def _reachable(view_id: uuid.UUID, clinics: Sequence[Clinic]) -> SavedView:
    return found(get_saved_view(view_id, user_id=current_user.id, clinic_ids=[clinic.id for clinic in clinics]))


def _may_remove(view: SavedView) -> bool:
    if view.owner_id == current_user.id:
        return True
    return view.shared_with_id is not None and can(current_user, "work.reassign", clinic_id=view.shared_with_id)


def _show(form: SaveViewForm, listing: Listing, clinics: Sequence[Clinic]) -> str:
    reader = read_as(clinics)
    views = list_saved_views(current_user.id, reader.clinic_ids)
    listings = [read_listing(view.address) for view in views]
    counts = count_listings(listings, reader)
    page = SavedViewsPage(
        title="Saved views",
        subtitle="Lists to come back to",
        rows=[_row(*each, clinics) for each in zip(views, listings, counts, strict=True)],
        form=form,
        holds=words_of(listing),
        back_url=address_of(listing),
    )
    return render_template("caseload/saved_views.html", page=page)


def _row(view: SavedView, listing: Listing, number: int, clinics: Sequence[Clinic]) -> ViewRow:
    names = {clinic.id: clinic.name for clinic in clinics}
    is_own = view.owner_id == current_user.id
    owner = "you" if is_own else view.owner.name
    seen_by = "Only you"
    if view.shared_with_id is not None:
        seen_by = f"{names.get(view.shared_with_id, 'A former clinic of yours')}, by {owner}"
    return ViewRow(
        id=view.id,
        name=view.name,
        url=address_of(listing),
        count=f"{number:,}",
        holds=words_of(listing),
        seen_by=seen_by,
        share_with=[(str(id_), name) for id_, name in names.items()] if is_own and view.shared_with_id is None else (),
        is_shared=view.shared_with_id is not None,
        is_own=is_own,
        may_remove=_may_remove(view),
    )
