"""Saving what a form says: shown until it is right, done once, and answered whatever happened meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect
from flask_login import current_user
from wtforms import FormField

from registry.accounts import receipts
from registry.db.conflict import EditConflict
from registry.db.refused import Refused
from registry.web.form_fields import RegistryForm
from registry.web.pages import Page

CHANGED = "A colleague changed that entry meanwhile. See what it says now"


def save(
    form: RegistryForm,
    act: Callable[[], str | None],
    *,
    to: str,
    show: Callable[[int], Page],
    overtaken: Callable[[], Page] | None = None,
    saved: str | Callable[[], object] = "",
) -> Page:
    """Show the form until it is right; then do once what it asks, and go ``to`` there, or where ``act`` says.

    ``show`` answers with the form and a status; what is refused (``Refused``) stands beside its field. ``overtaken``
    answers where somebody else changed the row since the form was opened (``EditConflict``). Without it they
    are told, and led ``to`` there. ``saved`` is said on the next page, or says it.
    """
    if not form.validate_on_submit():
        return show(422 if form.errors else 200)
    try:
        location = receipts.once(form.key, by=current_user, act=lambda: act() or to)
    except EditConflict:
        return overtaken() if overtaken is not None else go_back(to)
    except Refused as problem:
        put_beside(form, problem)
        return show(422)
    if callable(saved):
        saved()
    elif saved:
        flash(saved, "success")
    return redirect(location, 303)


def go_back(url: str, words: str = CHANGED) -> Page:
    """Where there is nothing left to compare: what stands now says it."""
    flash(words, "warning")
    return redirect(url, 303)


def put_beside(form: RegistryForm, problem: Refused) -> None:
    """Show a refusal beside the field it names, or above the form."""
    if problem.field not in form:
        form.form_errors = [*form.form_errors, str(problem)]
        return
    field = form[problem.field]
    if isinstance(field, FormField):
        next(iter(field.form)).errors = [str(problem)]
    else:
        field.errors = [str(problem)]
