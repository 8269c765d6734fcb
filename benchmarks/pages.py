"""The pages people open all day, and the one thing they do: recording a PHQ-9."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.load import Browser, Timing, filled_form, fresh_key, timed
from benchmarks.population import Population

GOAL_PATIENTS = 10_000
"""Up to so many the clinic page is to take 200 ms, as a rule."""

_PARTS_OF_NAMES = ("ma", "lin", "oko", "ra", "bre", "an", "tes", "vi")


@dataclass(frozen=True, slots=True)
class Page:
    """A page by name, the addresses it has, who opens it, and its budget in milliseconds (p50, p95)."""

    what: str
    paths: Sequence[str]
    role: str = "manager"
    budget: tuple[float | None, float | None] = field(default=(None, None))


def pages(population: Population) -> Iterator[Page]:
    """What is measured, in the order it is reported."""
    charts = population.patient_ids[:200]
    yield Page("caseload", ["/caseload"], budget=(40, 100))
    yield Page("caseload, everyone by name", ["/caseload?view=everyone&sort=name"], budget=(40, 100))
    yield Page("caseload, by score", ["/caseload?view=everyone&sort=score&direction=desc"], budget=(40, 100))
    searches = [f"/caseload?view=everyone&search={part}" for part in _PARTS_OF_NAMES]
    yield Page("caseload, search", searches, budget=(30, 80))
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


def lead_pages(population: Population, *, when: str = "") -> Iterator[Page]:
    """What the lead of all clinics looks at: what grows with the registry."""
    typically = 200 if population.patients <= GOAL_PATIENTS else None
    yield Page(f"clinic page, all clinics{when}", ["/clinic"], role="lead", budget=(typically, 500))
    yield Page(f"caseload, all clinics{when}", ["/caseload"], role="lead", budget=(None, 500))


def open_all(browsers: Sequence[Browser], paths: Sequence[str], each: int) -> Timing:
    """Open the addresses in turn, everybody at once, after a few to warm up."""

    def request(browser: Browser, number: int) -> int:
        return browser.send("GET", paths[number % len(paths)])[0]

    timed(browsers, request, each=3)
    return timed(browsers, request, each=each)


def record_phq9(browsers: Sequence[Browser], people: Iterator[uuid.UUID], each: int) -> Timing:
    """Save a PHQ-9 of each of the people in turn, answers at random, no positive safety answer."""
    roll = random.Random(2)
    path = f"/patients/{next(people)}/measures/new/phq-9"
    forms = [filled_form(browser.send("GET", path)[2], lambda _name, values: values[0]) for browser in browsers]
    kept = dict(zip(map(id, browsers), forms, strict=True))
    jars = {id(browser): dict(browser.cookies) for browser in browsers}

    def request(browser: Browser, _number: int) -> int:
        patient_id = next(people)
        browser.cookies = dict(jars[id(browser)])  # nobody opens the page after: its messages would pile up
        fields = {**kept[id(browser)], "form_key": fresh_key()}
        for name in fields:
            if name.startswith(("item", "answer")) and not name.endswith("9"):
                fields[name] = str(roll.randrange(4))
        return browser.send("POST", f"/patients/{patient_id}/measures/new/phq-9", urlencode(fields))[0]

    timed(browsers, request, each=2)
    return timed(browsers, request, each=each)
