"""Rows as they are printed, remembered by all they are made of.

Wording and drawing fifty rows is most of the work of the page, and between two looks at a list hardly a row differs.
A row is remembered under every fact it depends on, read anew from the database within the reader's scope each time:
nothing can be shown that is not stored, and nobody is shown whom the query did not find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from registry.caseload.presenters.cells import RowFacts
from registry.caseload.presenters.row import RowPresenter

REMEMBERED = 2_000
"""Rows kept by each process: some 10 MB."""

_KEPT = "registry.caseload.rendered"


def rendered_rows(facts: Iterable[RowFacts]) -> list[Markup]:
    """The markup of each row."""
    render: Callable[[RowFacts], Markup] | None = current_app.extensions.get(_KEPT)
    if render is None:
        render = current_app.extensions.setdefault(_KEPT, lru_cache(REMEMBERED)(_render))
    return [render(each) for each in facts]


def _render(facts: RowFacts) -> Markup:
    template = current_app.jinja_env.get_template("caseload/row.html")
    return Markup(template.render(row=RowPresenter().show(facts)))  # noqa: S704  # the template has escaped it
