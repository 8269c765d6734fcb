"""The pages people open all day, and the one thing they do: recording a PHQ-9."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from benchmarks.load import Answer, Browser, Request, Timing, filled_form, fresh_key, timed, token_of
from benchmarks.population import CONDITION, Population
from registry.caseload.rules import ASCENDING, DESCENDING, DUES, OFF_TARGET_RULE, SORTS, STANDINGS

GOAL_PATIENTS = 10_000
"""Up to so many the clinic page is to take 200 ms, as a rule."""

_PARTS_OF_NAMES = ("ma", "lin", "oko", "ra", "brè", "an", "tes", "marí")

_AS_TYPED = {
    "Accept": "text/html",
    "HX-Request": "true",
    "HX-Request-Type": "full",
    "HX-Source": "input#search",
    "HX-Target": "div#list",
}
"""What htmx says beside the words when somebody types into the search box of the list."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page by name, the addresses it has, who opens it, and its budget in milliseconds (p50, p95)."""

    what: str
    paths: Sequence[str]
    role: str = "manager"
    budget: tuple[float | None, float | None] = field(default=(None, None))
    searches: Sequence[str] = ()
    """What is typed into its search box: then that is measured, and not the page."""
    is_each: bool = False
    """Whether every address is measured by itself, and the slowest reported."""


def pages(population: Population) -> Iterator[Page]:
    """What is measured, in the order it is reported."""
    charts = population.patient_ids[:200]
    yield Page("caseload", ["/caseload"], budget=(40, 100))
    yield Page("caseload, everyone by name", ["/caseload?view=everyone&sort=name"], budget=(40, 100))
    yield Page("caseload, by score", ["/caseload?view=everyone&sort=score&direction=descending"], budget=(40, 100))
    yield Page("caseload, any filter and sort", list(_every_listing(population)), budget=(40, 100), is_each=True)
    searches = (*_PARTS_OF_NAMES, population.mrn)
    yield Page("caseload, search", ["/caseload"], budget=(30, 80), searches=searches)
    yield Page("my day", ["/my-day"])
    yield Page("patient", [f"/patients/{patient_id}" for patient_id in charts], budget=(60, 150))
    yield Page("patient's measures", [f"/patients/{patient_id}/measures" for patient_id in charts])
    yield Page("patient's contacts", [f"/patients/{patient_id}/contacts" for patient_id in charts])
    yield Page("PHQ-9 form", [f"/patients/{patient_id}/measures/new/phq-9" for patient_id in charts])
    yield Page("review queue", ["/review"], role="psychiatrist", budget=(50, 120))
    yield Page("case review", [f"/review/{patient_id}" for patient_id in charts], role="psychiatrist")
    yield Page("clinic page, one clinic", ["/clinic"], role="manager")
    yield Page("clinic month by month, one clinic", ["/clinic/months"])
    yield from lead_pages(population)
    yield Page("audit trail, one clinic", ["/administration/audit"], role="clinic_lead")
    yield Page("audit trail, all clinics", ["/administration/audit"], role="administrator")


def _every_listing(population: Population) -> Iterator[str]:
    """The list in every order, and narrowed by one value of every filter."""
    for sort in SORTS:
        for direction in (ASCENDING, DESCENDING):
            yield f"/caseload?sort={sort}&direction={direction}"
    narrowed = {
        "view": "not-seen",
        "team": "mine",
        "clinic": str(population.clinic_id),
        "phase": "active",
        "condition": CONDITION,
        "standing": next(iter(STANDINGS)),
        "reason": OFF_TARGET_RULE,
        "due": next(iter(DUES)),
        "course": "all",
    }
    for name, value in narrowed.items():
        yield f"/caseload?{urlencode({name: value})}"


def lead_pages(population: Population, *, when: str = "") -> Iterator[Page]:
    """What the lead of all clinics looks at: what grows with the registry."""
    typically = 200 if population.patients <= GOAL_PATIENTS else None
    yield Page(f"clinic page, all clinics{when}", ["/clinic"], role="lead", budget=(typically, 500))
    yield Page(f"caseload, all clinics{when}", ["/caseload"], role="lead", budget=(None, 500))


def open_all(browsers: Sequence[Browser], page: Page, each: int) -> Timing:
    """Open the addresses of a page in turn, or type its searches, everybody at once, after a few to warm up."""
    if page.is_each:
        few = max(3, each // 10)
        alone = (open_all(browsers, replace(page, paths=[path], is_each=False), few) for path in page.paths)
        return max(alone, key=lambda timing: timing.quantile(0.5))
    request = _typing(browsers, page) if page.searches else _opening(page)
    timed(browsers, request, each=3)
    return timed(browsers, request, each=each)


def _opening(page: Page) -> Request:
    return lambda browser, number: browser.send("GET", page.paths[number % len(page.paths)])


def _typing(browsers: Sequence[Browser], page: Page) -> Request:
    (path,) = page.paths
    tokens = {id(browser): token_of(browser.send("GET", path).text) for browser in browsers}

    def request(browser: Browser, number: int) -> Answer:
        token, words = tokens[id(browser)], page.searches[number % len(page.searches)]
        body = urlencode({"csrf_token": token, "q": words})
        return browser.send("POST", path, body, headers={**_AS_TYPED, "X-CSRFToken": token})

    return request


def record_phq9(browsers: Sequence[Browser], people: Iterator[uuid.UUID], each: int) -> Timing:
    """Save a PHQ-9 of each of the people in turn, answers at random, no positive safety answer."""
    roll = random.Random(2)
    path = f"/patients/{next(people)}/measures/new/phq-9"
    forms = [filled_form(browser.send("GET", path).text, lambda _name, values: values[0]) for browser in browsers]
    kept = dict(zip(map(id, browsers), forms, strict=True))
    jars = {id(browser): dict(browser.cookies) for browser in browsers}

    def request(browser: Browser, _number: int) -> Answer:
        patient_id = next(people)
        browser.cookies = dict(jars[id(browser)])  # nobody opens the page after: its messages would pile up
        fields = {**kept[id(browser)], "form_key": fresh_key()}
        for name in fields:
            if name.startswith(("item", "answer")) and not name.endswith("9"):
                fields[name] = str(roll.randrange(4))
        return browser.send("POST", f"/patients/{patient_id}/measures/new/phq-9", urlencode(fields))

    timed(browsers, request, each=2)
    return timed(browsers, request, each=each)
