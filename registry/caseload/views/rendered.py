"""Rows as they are printed, remembered by all they are made of.

Wording and drawing fifty rows is most of the work of the page, and between two looks at a list hardly a row differs.
A row is remembered under every fact it depends on, read anew from the database within the reader's scope each time:
nothing can be shown that is not stored, and nobody is shown whom the query did not find.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from registry.caseload.presenters.cells import RowFacts
from registry.caseload.presenters.filters import FilterShown
from registry.caseload.presenters.listed import ListShown
from registry.caseload.presenters.row import RowPresenter

REMEMBERED = 2_000
"""Rows kept by each process: some 10 MB."""

_INDENTATION = re.compile(r"\s*\n\s*")
"""A page has fifty rows: what nobody sees is not sent fifty times."""

REMEMBERED_FILTERS = 100

_KEPT, _KEPT_FILTERS = "registry.caseload.rendered", "registry.caseload.rendered_filters"


def rendered_rows(facts: Iterable[RowFacts]) -> Markup:
    """The markup of the rows."""
    render: Callable[[RowFacts], Markup] | None = current_app.extensions.get(_KEPT)
    if render is None:
        render = current_app.extensions.setdefault(_KEPT, lru_cache(REMEMBERED)(_render))
    return Markup("").join([render(each) for each in facts])


def rendered_filters(page_filters: Sequence[FilterShown]) -> Markup:
    """The markup of the filters: some seventy options, the same at every look."""
    render: Callable[[tuple[FilterShown, ...]], Markup] | None = current_app.extensions.get(_KEPT_FILTERS)
    if render is None:
        render = current_app.extensions.setdefault(_KEPT_FILTERS, lru_cache(REMEMBERED_FILTERS)(_render_filters))
    return render(tuple(page_filters))


def rendered_list(listed: ListShown) -> str:
    """The markup of the list without the page around it, nor what every page asks for its frame."""
    return current_app.jinja_env.get_template("caseload/list.html").render(listed=listed)


def _render_filters(page_filters: tuple[FilterShown, ...]) -> Markup:
    template = current_app.jinja_env.get_template("caseload/filters.html")
    return Markup(_INDENTATION.sub("\n", template.render(filters=page_filters)))  # noqa: S704  # as above


def _render(facts: RowFacts) -> Markup:
    template = current_app.jinja_env.get_template("caseload/row.html")
    printed = _INDENTATION.sub("\n", template.render(row=RowPresenter().show(facts)))
    return Markup(printed)  # noqa: S704  # the template has escaped it
