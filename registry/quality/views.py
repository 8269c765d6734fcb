"""How the clinic does, and the people behind each number."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from flask import Blueprint, abort, render_template, request, url_for
from flask_login import current_user

from registry import clock
from registry.access.policy import policy
from registry.accounts.queries import names_of
from registry.audit.opened import opened
from registry.patients.place import clinics_for
from registry.quality import queries
from registry.quality.history import read_history
from registry.quality.presenters.clinic import NOBODY, PeoplePage, PersonPresenter, clinic_page, clinic_tabs, people_url
from registry.quality.presenters.trend import months_page
from registry.quality.queries import Wanted
from registry.quality.rules import COUNTED, METRICS
from registry.web.filters import count, long_date
from registry.web.paging import Paging, page_number

blueprint = Blueprint("quality", __name__)


@blueprint.get("/clinic")
@policy("clinic.read")
def clinic() -> str:
    now = clock.now()
    clinics = {each.id: each for each in clinics_for("clinic.read")}
    today = {clinic_id: each.today(now) for clinic_id, each in clinics.items()}
    only = _wanted(today).clinic_id
    asked = today if only is None else {only: today[only]}
    groups = queries.count_groups(asked)
    page = clinic_page(
        groups,
        clinics={clinic_id: each.name for clinic_id, each in clinics.items()},
        managers=names_of([each.care_manager_id for each in groups]),
        day=long_date(max(asked.values())),
        only=only,
    )
    return render_template("quality/clinic.html", page=page)


@blueprint.get("/clinic/months")
@policy("clinic.read")
def months() -> str:
    """A page of its own: it reads what a year left behind, where the first page reads one row a person."""
    from registry.quality.trend import first_month_end, monthly_trend

    now = clock.now()
    clinics = clinics_for("clinic.read")
    today = {each.id: each.today(now) for each in clinics}
    page = months_page(
        monthly_trend(read_history(today, since=first_month_end(today)), today),
        clinics=[each.name for each in clinics],
        tabs=clinic_tabs(),
    )
    return render_template("quality/months.html", page=page)


@blueprint.get("/clinic/<metric>/<part>")
@policy("clinic.read")
def people(metric: str, part: str) -> str:
    counted = METRICS.get(metric)
    if counted is None or part not in counted.parts:
        abort(404)
    now = clock.now()
    today = {each.id: each.today(now) for each in clinics_for("clinic.read")}
    wanted = _wanted(today)
    number = page_number(request.args.get("page"))
    rows, total = queries.list_people(metric, part, today=today, wanted=wanted, page=number)
    presenter = PersonPresenter(today)
    words = "everybody the number counts" if part == COUNTED else counted.parts[part]
    page = PeoplePage(
        title=counted.title,
        subtitle=f"{count(total, 'person', 'people')}: {words}",
        definition=counted.definition,
        people=[presenter.show(row) for row in rows],
        pages=Paging(
            page=number,
            per_page=queries.PER_PAGE,
            total=total,
            address=lambda other: people_url(metric, part, wanted, page=other),
        ),
        back_url=url_for("quality.clinic"),
    )
    opened("clinic.people-listed", by=current_user, shown=[row.patient_id for row in rows])
    return render_template("quality/people.html", page=page)


def _wanted(clinic_ids: Collection[uuid.UUID]) -> Wanted:
    """Whose numbers the address asks for. Anything that is none of the reader's clinics does not exist."""
    clinic_id = _identifier(request.args.get("clinic"))
    if clinic_id is not None and clinic_id not in clinic_ids:
        abort(404)
    manager = request.args.get("care_manager")
    if manager == NOBODY:
        return Wanted(clinic_id, without_manager=True)
    return Wanted(clinic_id, _identifier(manager))


def _identifier(text: str | None) -> uuid.UUID | None:
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        abort(404)
