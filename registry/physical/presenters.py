"""Observations in words."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask import url_for

from registry.patients.presenters import DatedFormPage
from registry.physical.catalogue import Kind, catalogue
from registry.physical.models import Observation
from registry.physical.rules import SOURCES, told
from registry.web.filters import dated, long_date

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class ObservationShown:
    """One observation: what, on which day, from where, and in which state."""

    words: str
    when: str
    date: str
    detail: str
    is_void: bool
    correct_url: str = ""
    withdraw_url: str = ""


@dataclass(frozen=True, slots=True)
class KindShown:
    """All that was observed of one kind: ``latest`` is the one that counts, None where none does."""

    name: str
    latest: ObservationShown | None
    earlier: Sequence[ObservationShown]


@dataclass(frozen=True, slots=True)
class FieldNames:
    """The fields of one kind in the form; empty where it has none."""

    value: str
    second: str
    unit: str


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """A heading of the form with its fields."""

    title: str
    fields: Sequence[FieldNames]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage(DatedFormPage):
    """One form about observations; ``groups`` are its fields under their headings."""

    groups: Sequence[FieldGroup] = ()


def show_kinds(observations: Sequence[Observation], *, today: date, writing: Collection[uuid.UUID]) -> list[KindShown]:
    """By kind, in the order of the catalogue; ``observations`` newest first.

    What was recorded at a clinic of ``writing`` the reader may correct.
    """
    shown = []
    for kind in catalogue().kinds.values():
        own = [each for each in observations if each.kind == kind.key]
        standing = next((each for each in own if each.status == "final"), None)
        if own:
            entries = {
                each.id: show_observation(each, today=today, may_write=each.clinic_id in writing) for each in own
            }
            shown.append(
                KindShown(
                    name=kind.name,
                    latest=None if standing is None else entries[standing.id],
                    earlier=[entries[each.id] for each in own if each is not standing],
                )
            )
    return shown


def show_observation(observation: Observation, *, today: date, may_write: bool) -> ObservationShown:
    """One observation with what may be done about it."""
    is_final, is_void = observation.status == "final", observation.status == "entered-in-error"
    parts = (
        SOURCES[observation.source].lower(),
        observation.words,
        f"recorded by {observation.recorded_by.name}",
        "replaced by a correction" if observation.status == "amended" else "",
        f"entered in error: {observation.why}" if is_void else "",
        f"corrected: {observation.why}" if is_final and observation.why else "",
    )
    may_change = may_write and is_final
    return ObservationShown(
        words=observation_words(observation),
        when=dated(observation.taken_on, today),
        date=long_date(observation.taken_on),
        detail=" · ".join(part for part in parts if part),
        is_void=not is_final,
        correct_url=_url("physical.correct", observation) if may_change else "",
        withdraw_url=_url("physical.withdraw", observation) if may_change else "",
    )


def observation_words(observation: Observation) -> str:
    """ "0.82 mmol/L", "128/82 mmHg", "Smokes now"."""
    kind = catalogue().kinds[observation.kind]
    return told(kind, observation.value, observation.second, observation.unit, observation.choice)


def observation_title(observation: Observation) -> str:
    """ "Lithium level 0.82 mmol/L"."""
    kind = catalogue().kinds[observation.kind]
    return f"{kind.name}{' ' if kind.units else ': '}{observation_words(observation)}"


def field_groups(kinds: Sequence[Kind]) -> list[FieldGroup]:
    """The fields of these kinds under their headings."""
    known = catalogue()
    return [
        FieldGroup(known.groups[key], list(_names(each for each in kinds if each.group == key)))
        for key in known.groups
        if any(each.group == key for each in kinds)
    ]


def _names(kinds: Iterable[Kind]) -> Iterator[FieldNames]:
    for kind in kinds:
        yield FieldNames(
            value=kind.key,
            second=f"{kind.key}-second" if kind.second else "",
            unit=f"{kind.key}-unit" if kind.units else "",
        )


def _url(endpoint: str, observation: Observation) -> str:
    return url_for(endpoint, patient_id=observation.patient_id, observation_id=observation.id)
