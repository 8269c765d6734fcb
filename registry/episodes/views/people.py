"""Finding people: everybody the clinic may see, in care or not."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_login import current_user

from registry.access.policy import can, permitted_clinics, policy
from registry.audit.opened import opened
from registry.episodes.forms import SearchForm
from registry.episodes.presenters import PeoplePage, person_line
from registry.episodes.queries import count_people, count_transfers_to_answer, latest_episodes, list_people
from registry.episodes.views.common import blueprint
from registry.patients.place import local_today
from registry.web.pages import Page
from registry.web.paging import Paging, page_number

PER_PAGE = 50


@blueprint.route("", methods=["GET", "POST"])
@policy("patient.read")
def people() -> Page:
    """The search is posted: a name never stands in an address. Its result is one page; a longer one is narrowed."""
    form = SearchForm()
    is_search = request.method == "POST" and form.validate()
    search = (form.q.data or "") if is_search else ""
    number = 1 if search else page_number(request.args.get("page"))
    found = list_people(search, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    episodes = latest_episodes([patient.id for patient in found])
    today = local_today("patient.read")
    page = PeoplePage(
        title="Patients",
        search=form.q.data or "",
        people=tuple(person_line(patient, episodes.get(patient.id), today) for patient in found),
        pages=Paging(
            page=number,
            per_page=PER_PAGE,
            total=count_people(search),
            address=lambda wanted: url_for("episodes.people", page=wanted),
        ),
        transfers_url=url_for("episodes.transfers"),
        transfers_to_answer=count_transfers_to_answer(permitted_clinics("patient.read")),
        add_url=url_for("patients.add") if can(current_user, "patient.write") else "",
    )
    opened("people.listed", by=current_user, shown=[patient.id for patient in found])
    return render_template("episodes/people.html", page=page)
