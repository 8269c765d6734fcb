"""What a number would have done, in words: by rule, and of whom for those who may list the clinic's people."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from registry.administration.rule_preview import MOST_PEOPLE, Counted, Difference, Line, RulePreview
from registry.administration.views.alert_load import TIERS
from registry.alerts.past.replay import DAYS, Telling
from registry.alerts.rulebook import rule
from registry.caseload.presenters.addresses import PatientAddress
from registry.extensions import db
from registry.patients.models import Patient
from registry.web.filters import count, long_date, short_date, signed

MOST_SHOWN = 100
"""Differences told one by one; their number is always the whole number."""

AT_A_GLANCE = 20
"""Of these, how many stand open; the rest is behind a line that opens them."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule at one tier, each figure now and with the other number."""

    rule: str
    title: str
    tier: str
    tier_kind: str
    told: tuple[int, int]
    people: tuple[int, int]
    standing: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Whom:
    """What would have been different for one person."""

    name: str
    url: str
    rule: str
    what: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PreviewShown:
    """``whom`` and ``further`` are empty where the reader may not list people, and ``unnamed`` says so."""

    looked_at: str
    verdict: str
    tiles: Sequence[Mapping[str, str]]
    lines: Sequence[RuleLine]
    whom: Sequence[Whom]
    further: Sequence[Whom]
    further_words: str
    """What opens ``further``."""
    more: str
    unnamed: str
    patient_ids: Sequence[uuid.UUID]
    """Whom the page names."""


def show_preview(found: RulePreview, *, now: str, then: str, may_name: bool) -> PreviewShown:
    """``now`` and ``then`` are the two numbers in words: "30 days", "off". Names are read in one statement."""
    shown = found.differences[:MOST_SHOWN] if may_name else []
    names = _names_of({each.patient_id for each in shown})
    record, last = PatientAddress("caseload.patient"), found.span.last
    more = len(found.differences) - MOST_SHOWN
    told = [_whom(each, names.get(each.patient_id, "somebody out of reach"), record, last) for each in shown]
    further = told[AT_A_GLANCE:]
    return PreviewShown(
        looked_at=_looked_at(found),
        verdict=_verdict(found, now=now, then=then),
        tiles=_tiles(found.now, found.then),
        lines=[_line(found, line) for line in found.lines],
        whom=told[:AT_A_GLANCE],
        further=further,
        further_words=f"{count(len(further), 'more difference')}, further back" if further else "",
        more=f"{count(more, 'more difference')} not listed." if may_name and more > 0 else "",
        unnamed="" if may_name else "You see counts here and no names, since you do not see the clinic's caseload.",
        patient_ids=sorted({each.patient_id for each in shown}, key=str),
    )


def _whom(difference: Difference, name: str, record: PatientAddress, today: date) -> Whom:
    return Whom(
        name=name,
        url=record.of(difference.patient_id),
        rule=rule(_either(difference).rule).title,
        what=_what(difference, today),
        sentence=_either(difference).sentence,
    )


def _names_of(patient_ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    if not patient_ids:
        return {}
    return {each.id: each.name for each in db.session.scalars(select(Patient).where(Patient.id.in_(patient_ids)))}


def _looked_at(found: RulePreview) -> str:
    days = f"{long_date(found.span.before)} to {long_date(found.span.last)}"
    if found.looked_at == found.people:
        return f"{days}, {count(found.people, 'person', 'people')} of the clinic"
    everybody = f"more than {MOST_PEOPLE}" if found.people > MOST_PEOPLE else str(found.people)
    return f"{days}, {found.looked_at} of {everybody} people of the clinic, taken by chance: all would take too long"


def _verdict(found: RulePreview, *, now: str, then: str) -> str:
    if not found.lines:
        return f"Nothing would have been told in these {DAYS} days, with {now} or with {then}."
    if not found.differences and found.now.standing == found.then.standing:
        return f"With {then}, the same people would have been told of on the same days. The words may be others."
    people = len({each.patient_id for each in found.differences})
    return f"With {then} instead of {now}, something would have been different for {count(people, 'person', 'people')}."


def _tiles(now: Counted, then: Counted) -> list[Mapping[str, str]]:
    return [
        _tile("New reasons", now.told.total(), then.told.total()),
        _tile("People told of", now.everybody, then.everybody),
        _tile("Stand today", now.standing.total(), then.standing.total()),
    ]


def _tile(label: str, now: int, then: int) -> Mapping[str, str]:
    change = "" if now == then else signed(then - now)
    return {"label": label, "value": str(then), "unit": f"now {now}", "change": change}


def _line(found: RulePreview, line: Line) -> RuleLine:
    id_, tier = line
    words, kind = TIERS[tier]
    return RuleLine(
        rule=id_,
        title=rule(id_).title,
        tier=words,
        tier_kind=kind,
        told=(found.now.told[line], found.then.told[line]),
        people=(found.now.people(line), found.then.people(line)),
        standing=(found.now.standing[line], found.then.standing[line]),
    )


def _either(difference: Difference) -> Telling:
    telling = difference.then or difference.now
    if telling is None:
        raise ValueError("a difference tells something")
    return telling


def _what(difference: Difference, today: date) -> str:
    """What changes, each day with how pressing it was."""
    now, then = difference.now, difference.then
    if now is None or then is None:
        words = "Told only with the new number" if now is None else "Told no longer"
        return f"{words}: {_said(_either(difference), today)}"
    if now.on == then.on:
        words = "Less pressing" if now.tier.rank < then.tier.rank else "More pressing"
    else:
        words = "Sooner" if then.on < now.on else "Later"
    before = short_date(now.on, today=today) if now.tier is then.tier else _said(now, today)
    return f"{words}: {_said(then, today)} instead of {before}"


def _said(telling: Telling, today: date) -> str:
    return f"{TIERS[telling.tier][0].lower()} on {short_date(telling.on, today=today)}"
