"""Choosing the columns of the list, and their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from registry.access.policy import policy
from registry.accounts import receipts
from registry.caseload.actions import choose_columns
from registry.caseload.column_sets import COLUMNS, ListColumn, known_columns
from registry.caseload.forms import ColumnsForm
from registry.caseload.presenters.listed import address_of
from registry.caseload.rules import read_listing
from registry.caseload.views import blueprint
from registry.caseload.views.reading import columns_of_role, columns_shown

EARLIER, LATER = "earlier", "later"


@dataclass(frozen=True, slots=True)
class ColumnOffered:
    """A column with whether it is shown; ``is_first`` and ``is_last`` can go no further."""

    column: ListColumn
    is_shown: bool
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class ColumnsPage:
    """What the page prints."""

    title: str
    subtitle: str
    form: ColumnsForm
    offered: Sequence[ColumnOffered]
    back_url: str
    focus: str
    """The button that was pressed to move a column."""


@blueprint.route("/caseload/columns", methods=["GET", "POST"])
@policy("caseload.list")
def columns() -> Response | str | tuple[str, int]:
    """Each box is a column; its place among the boxes is its place in the list."""
    form, back_url = ColumnsForm(), address_of(read_listing(request.args))
    move = request.form.get("move", "")
    if not form.is_submitted():
        return _show(form, _in_order(columns_shown()), frozenset(columns_shown()), back_url)
    order = _in_order(known_columns(request.form.getlist("order")))
    chosen = frozenset(known_columns(request.form.getlist("columns")))
    if not form.validate():
        return _show(form, order, chosen, back_url), 422
    if move:
        return _show(form, _moved(order, move), chosen, back_url, focus=move)
    wanted = [] if "reset" in request.form else [key for key in order if key in chosen]
    if not wanted and "reset" not in request.form:
        form.form_errors = ["Choose at least one column"]
        return _show(form, order, chosen, back_url), 422

    def choose() -> str:
        is_of_role = tuple(wanted) == columns_of_role()
        choose_columns(columns=() if is_of_role else wanted, by=current_user)
        return back_url

    return redirect(receipts.once(form.key, by=current_user, act=choose), 303)


def _in_order(first: Sequence[str]) -> list[str]:
    """Every column: those in order, then the rest."""
    return list(dict.fromkeys([*first, *COLUMNS]))


def _moved(order: Sequence[str], move: str) -> list[str]:
    """``move`` is "earlier:due" or "later:due"; anything else moves nothing."""
    moved = list(order)
    step, _, key = move.partition(":")
    if key not in moved or step not in (EARLIER, LATER):
        return moved
    here = moved.index(key)
    there = max(0, here - 1) if step == EARLIER else min(len(moved) - 1, here + 1)
    moved.insert(there, moved.pop(here))
    return moved


def _show(form: ColumnsForm, order: Sequence[str], chosen: frozenset[str], back_url: str, *, focus: str = "") -> str:
    known: Mapping[str, ListColumn] = COLUMNS
    page = ColumnsPage(
        title="Columns",
        subtitle="What your caseload shows, from left to right after the name",
        form=form,
        offered=[
            ColumnOffered(known[key], key in chosen, nth == 0, nth == len(order) - 1) for nth, key in enumerate(order)
        ],
        back_url=back_url,
        focus=focus,
    )
    return render_template("caseload/columns.html", page=page)
