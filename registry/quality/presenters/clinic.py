"""The clinic's numbers in words, each with the address of its people."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import Row

from registry.caseload.panels import are_many
from registry.caseload.presenters.addresses import PatientAddress
from registry.caseload.presenters.scores import scale_label
from registry.episodes.rules import PHASE_TITLES, weeks_in_care
from registry.quality.queries import Group, Tallies, Wanted, add_up
from registry.quality.rules import COUNTED, MET, METRICS, NO_CUT_OFF, Metric, Tally
from registry.web.filters import ARROW, THIN_SPACE, count, days_ago, number, short_date
from registry.web.paging import Paging

NOBODY = "none"
"""In an address: the people no care manager is responsible for."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One number of the strip."""

    label: str
    value: str
    unit: str
    detail: str
    url: str
    is_unknown: bool
    note: str = ""
    note_url: str = ""


@dataclass(frozen=True, slots=True)
class PartShown:
    """One part of a metric with how many it holds; a part of nobody has no address. ``people``: one or several."""

    words: str
    number: int
    people: str
    url: str


@dataclass(frozen=True, slots=True)
class MetricShown:
    """A metric with its definition and all its parts."""

    key: str
    title: str
    definition: str
    source: str
    counted: Sequence[PartShown]
    excluded: Sequence[PartShown]


@dataclass(frozen=True, slots=True)
class Cell:
    """A number in the split: in words, and the people it counts."""

    label: str
    words: str
    share: str
    url: str


@dataclass(frozen=True, slots=True)
class SplitRow:
    """The numbers of one clinic, or of one care manager."""

    name: str
    detail: str
    cells: Sequence[Cell]
    url: str = ""
    """The page of this clinic alone, where there are too many for one."""


@dataclass(frozen=True, slots=True)
class ClinicPage:
    """The first page of the clinic."""

    title: str
    subtitle: str
    tiles: Sequence[Tile]
    metrics: Sequence[MetricShown]
    headings: Sequence[Mapping[str, str]]
    clinics: Sequence[SplitRow]
    """Empty when there is only one."""
    managers: Sequence[SplitRow]
    """Empty where many clinics are shown: theirs are on the page of each."""
    whole: SplitRow
    all_url: str
    """Back to all clinics, from the page of one of many."""
    tabs: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class PersonShown:
    """One of the people a number counts."""

    name: str
    mrn: str
    url: str
    phase: str
    weeks: str
    score: str
    contact: str
    review: str
    care_manager: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The people behind one number."""

    title: str
    subtitle: str
    definition: str
    people: Sequence[PersonShown]
    pages: Paging
    back_url: str


def clinic_page(
    groups: Sequence[Group],
    *,
    clinics: Mapping[uuid.UUID, str],
    managers: Mapping[uuid.UUID, str],
    day: str,
    only: uuid.UUID | None = None,
) -> ClinicPage:
    """Everything on the first page, from the numbers of each care manager at each clinic; ``only``: of one of them."""
    shown = {clinic_id: name for clinic_id, name in clinics.items() if only in (None, clinic_id)}
    groups = [each for each in groups if each.clinic_id in shown]
    has_many = are_many(shown)
    whole, wanted = add_up(groups), Wanted(clinic_id=only)
    return ClinicPage(
        title="Clinic",
        subtitle=f"{count(len(shown), 'clinic') if has_many else ', '.join(shown.values())} · {day}",
        tiles=[_tile(metric, whole[metric.key], wanted) for metric in METRICS.values()],
        metrics=[_metric(metric, whole[metric.key], wanted) for metric in METRICS.values()],
        headings=[{"label": "Whose"}, *({"label": metric.title} for metric in METRICS.values())],
        clinics=_clinics(groups, shown, opens=has_many) if len(shown) > 1 else (),
        managers=() if has_many else _managers(groups, shown, managers),
        whole=_row("Everybody", "", whole, wanted),
        all_url=url_for("quality.clinic") if only is not None and are_many(clinics) else "",
        tabs=clinic_tabs(),
    )


def clinic_tabs() -> list[dict[str, str]]:
    """The two pages of the clinic's numbers."""
    return [
        {"label": "Today", "url": url_for("quality.clinic")},
        {"label": "Month by month", "url": url_for("quality.months")},
    ]


def _clinics(groups: Sequence[Group], clinics: Mapping[uuid.UUID, str], *, opens: bool) -> list[SplitRow]:
    by_clinic: dict[uuid.UUID, list[Group]] = {clinic_id: [] for clinic_id in clinics}
    for group in groups:
        by_clinic[group.clinic_id].append(group)
    return [
        replace(
            _row(name, "", add_up(by_clinic[clinic_id]), Wanted(clinic_id=clinic_id)),
            url=url_for("quality.clinic", clinic=clinic_id) if opens else "",
        )
        for clinic_id, name in clinics.items()
    ]


def _managers(
    groups: Sequence[Group], clinics: Mapping[uuid.UUID, str], managers: Mapping[uuid.UUID, str]
) -> list[SplitRow]:
    """A care manager who works at two clinics has a row for each; people nobody is responsible for come last."""

    def order(group: Group) -> tuple[bool, str, str]:
        name = managers.get(group.care_manager_id, "") if group.care_manager_id else ""
        return group.care_manager_id is None, name, clinics[group.clinic_id]

    return [
        _row(
            managers[group.care_manager_id] if group.care_manager_id else "No care manager",
            clinics[group.clinic_id] if len(clinics) > 1 else "",
            group.tallies,
            Wanted(group.clinic_id, group.care_manager_id, without_manager=group.care_manager_id is None),
        )
        for group in sorted(groups, key=order)
    ]


def people_url(metric: str, part: str, wanted: Wanted, *, page: int | None = None) -> str:
    """The address of the people a number counts."""
    manager = NOBODY if wanted.without_manager else wanted.care_manager_id
    return url_for("quality.people", metric=metric, part=part, clinic=wanted.clinic_id, care_manager=manager, page=page)


def _tile(metric: Metric, tally: Tally, wanted: Wanted) -> Tile:
    url = people_url(metric.key, MET, wanted)
    if not metric.is_share:
        left_out = tally.total - tally.of(MET)
        detail = f"{count(left_out, 'other')} open, not in care" if left_out else "every open episode"
        return Tile(metric.title, str(tally.of(MET)), "", detail, url, is_unknown=False)
    unjudged = tally.of(NO_CUT_OFF)
    note = f"{unjudged} not counted: no published cut-off" if unjudged else ""
    beside = {"note": note, "note_url": people_url(metric.key, NO_CUT_OFF, wanted) if note else ""}
    if tally.percent is None:
        return Tile(metric.title, "nobody", "", "nobody is counted yet", "", is_unknown=True, **beside)
    value, unit = str(tally.of(MET)), f"of {tally.of(COUNTED)}"
    return Tile(metric.title, value, unit, _percent(tally), url, is_unknown=False, **beside)


def _metric(metric: Metric, tally: Tally, wanted: Wanted) -> MetricShown:
    counted = [*metric.counted, COUNTED] if metric.is_share else [MET]
    return MetricShown(
        key=metric.key,
        title=metric.title,
        definition=metric.definition,
        source=metric.source,
        counted=[_part(metric, part, tally, wanted) for part in counted],
        excluded=[_part(metric, part, tally, wanted) for part in metric.excluded],
    )


def _part(metric: Metric, part: str, tally: Tally, wanted: Wanted) -> PartShown:
    words = "counted together" if part == COUNTED else metric.parts[part]
    number = tally.of(part)
    url = people_url(metric.key, part, wanted) if number else ""
    return PartShown(words, number, "person" if number == 1 else "people", url)


def _row(name: str, detail: str, tallies: Tallies, wanted: Wanted) -> SplitRow:
    return SplitRow(name, detail, [_cell(metric, tallies[metric.key], wanted) for metric in METRICS.values()])


def _cell(metric: Metric, tally: Tally, wanted: Wanted) -> Cell:
    met = tally.of(MET)
    words = f"{met} of {tally.of(COUNTED)}" if metric.is_share else str(met)
    share = _percent(tally) if metric.is_share and tally.percent is not None else ""
    return Cell(metric.title, words, share, people_url(metric.key, MET, wanted) if met else "")


def _percent(tally: Tally) -> str:
    return f"{tally.percent}{THIN_SPACE}%"


class PersonPresenter:
    """Puts the people of one page into words."""

    def __init__(self, today: Mapping[uuid.UUID, date]) -> None:
        self._today = today
        self._record = PatientAddress("caseload.patient")

    def show(self, row: Row[Any]) -> PersonShown:
        today = self._today[row.clinic_id]
        return PersonShown(
            name=f"{row.used_name or row.legal_given} {row.legal_family}",
            mrn=row.mrn,
            url=self._record.of(row.patient_id),
            phase=PHASE_TITLES[row.phase],
            weeks=_weeks(row, today),
            score=_score(row, today),
            contact=_ago(row.last_two_way_on, today),
            review=_ago(row.last_review_on, today),
            care_manager=row.care_manager or "nobody",
        )


def _weeks(row: Row[Any], today: date) -> str:
    if row.enrolled_on is None:
        return "not enrolled"
    return count(weeks_in_care(row.enrolled_on, ended_on=None, today=today), "week")


def _score(row: Row[Any], today: date) -> str:
    if row.first_scale is None:
        return "nothing tracked"
    if row.first_latest is None:
        return f"no {scale_label(row.first_scale)} yet"
    on = short_date(row.first_latest_on, today=today)
    if (today - row.first_latest_on).days > row.first_stale_after_days:
        return f"{scale_label(row.first_scale)} unknown: was {number(row.first_latest)}, {on}"
    begins = "" if row.first_baseline is None else f"{number(row.first_baseline)} {ARROW} "
    return f"{scale_label(row.first_scale)} {begins}{number(row.first_latest)}, {on}"


def _ago(day: date | None, today: date) -> str:
    return "never" if day is None else days_ago(day, today)
