"""Before the first row is stored: mapping, instrument, clinic and file fit, and the file can be read to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from registry import clock
from registry.accounts.queries import get_user_by_email
from registry.clinics.models import Clinic
from registry.clinics.queries import get_clinic_by_name
from registry.db.transaction import end_read
from registry.episodes.actions import Programme
from registry.episodes.actions.team import refuse_unfit
from registry.episodes.errors import UnfitForTeam
from registry.episodes.facts import TargetWish, TeamPlace, Tracking
from registry.episodes.scales import scales_in_force
from registry.exchange.importing import Plan
from registry.exchange.mapping import MappingFile, find_instrument
from registry.exchange.reading import Malformed, Table, UnreadableFile, fingerprint, open_table
from registry.exchange.rows import Judge, Wish
from registry.measurements.instruments import catalogue, unknown_to_database
from registry.measures.scale import Better

REFERRED_FROM = "other"
"""Where people enrolled by an import were referred from."""
MOST_ROWS = 500_000
"""Rows of one file: what is remembered of each, to notice a repeated occasion, must fit in memory (100 MB)."""
MOST_PEOPLE = 200_000
"""Rows of a people file, which is held in memory."""


class CannotImport(ValueError):
    """Something outside file and mapping is missing. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything an import needs. ``rows`` is how many the file has."""

    path: Path
    header: tuple[str, ...]
    rows: int
    judge: Judge
    plan: Plan


def prepare(path: Path, mapping: MappingFile, *, clinic_name: str | None = None) -> Prepared:
    """Read the file once to its end and work out what importing it needs.

    Raises:
        MappingError: the mapping does not fit the instruments. UnreadableFile: see ``reading``.
        CannotImport: no such clinic or care manager, or instruments the database does not know yet.
    """
    instrument = find_instrument(mapping, catalogue())
    if unknown_to_database():
        raise CannotImport("the database does not know every instrument yet: run flask instruments sync")
    clinic = _clinic(mapping, clinic_name)
    programme = _programme(mapping, clinic)
    people = _people(path, mapping)
    judge = Judge(mapping=mapping.mapping, instrument=instrument, today=clinic.today(clock.now()), people=people)
    clinic_id = clinic.id
    end_read()
    with open_table(path) as table:
        table.require([*mapping.mapping.columns(), *_identity_columns(mapping, people)])
        rows, first_on = _survey(table, judge)
        header = table.header
    return Prepared(
        path=path,
        header=header,
        rows=rows,
        judge=judge,
        plan=Plan(
            file_hash=fingerprint(path),
            mapping=mapping,
            instrument=instrument,
            clinic_id=clinic_id,
            programme=programme,
            first_on=first_on,
        ),
    )


def _clinic(mapping: MappingFile, name: str | None) -> Clinic:
    wanted = name or mapping.mapping.clinic
    if wanted is None:
        raise CannotImport("say which clinic: clinic = in the mapping, or --clinic")
    clinic = get_clinic_by_name(wanted)
    if clinic is None:
        raise CannotImport(f"there is no clinic named {wanted}: make it with flask clinics add")
    return clinic


def _programme(mapping: MappingFile, clinic: Clinic) -> Programme | None:
    """The care the mapping enrols people in, with the target and cadence of the instrument."""
    enrol = mapping.mapping.enrol
    if enrol is None:
        return None
    scale = scales_in_force().at(clinic.id).scale(enrol.metric_primary)
    cadence = enrol.cadence_days or catalogue().instrument_of(enrol.metric_primary).cadence_days
    level, is_ceiling = scale.target_in_force, scale.better is Better.LOWER
    target = TargetWish(
        scale=enrol.metric_primary,
        at_most=level if is_ceiling else None,
        at_least=None if is_ceiling else level,
    )
    return Programme(
        clinic_id=clinic.id,
        source=REFERRED_FROM,
        consent_mode=enrol.consent.mode,
        consent_taken_by=enrol.consent.taken_by,
        conditions=enrol.conditions,
        tracked=[Tracking(scale=enrol.metric_primary, cadence_days=cadence)],
        targets=[] if level is None else [target],
        team=_team(mapping, clinic),
    )


def _team(mapping: MappingFile, clinic: Clinic) -> list[TeamPlace]:
    enrol = mapping.mapping.enrol
    if enrol is None or enrol.care_manager is None:
        return []
    user = get_user_by_email(enrol.care_manager)
    if user is None:
        raise mapping.wrong(("enrol", "care_manager"), "nobody has this e-mail address")
    team = [TeamPlace(role="care_manager", user_id=user.id)]
    try:
        refuse_unfit(clinic.id, team)
    except UnfitForTeam:
        raise mapping.wrong(("enrol", "care_manager"), f"is no care manager of {clinic.name}") from None
    return team


def _people(path: Path, mapping: MappingFile) -> Mapping[str, Mapping[str, str]] | None:
    """The people file by key. One row per person: a second one is refused with the whole file."""
    people = mapping.mapping.people
    if people is None:
        return None
    found: dict[str, Mapping[str, str]] = {}
    beside = path.parent / people.file
    try:
        with open_table(beside) as table:
            table.require([people.key])
            for row in table.rows:
                if isinstance(row, Malformed):
                    raise UnreadableFile(f"row {row.number} {row.reason}")
                key = row.fields[people.key].strip()
                if key in found:
                    raise UnreadableFile(f"row {row.number} is a second one for {people.key} {key}")
                if len(found) == MOST_PEOPLE:
                    raise UnreadableFile(f"has more than {MOST_PEOPLE:,} people: split it")
                found[key] = row.fields
    except UnreadableFile as error:
        raise UnreadableFile(f"the people file {beside}: {error}") from None
    return found


def _identity_columns(mapping: MappingFile, people: Mapping[str, Mapping[str, str]] | None) -> list[str]:
    """The columns about identity this file must have itself: those the people file does not."""
    if people is None:
        return list(mapping.mapping.identity_columns())
    elsewhere = set(next(iter(people.values()), {}))
    key = mapping.mapping.people.key if mapping.mapping.people else ""
    return [key, *(each for each in mapping.mapping.identity_columns() if each not in elsewhere)]


def _survey(table: Table, judge: Judge) -> tuple[int, dict[str, date]]:
    """How many rows there are and, where people are enrolled, the first date of each in the file."""
    rows, first_on = 0, dict[str, date]()
    for row in table.rows:
        rows += 1
        if rows > MOST_ROWS:
            raise UnreadableFile(f"has more than {MOST_ROWS:,} rows: split it")
        if judge.mapping.enrol is None:
            continue
        judged = judge.judge(row)
        if isinstance(judged, Wish):
            first_on[judged.mrn] = min(judged.taken_on, first_on.get(judged.mrn, judged.taken_on))
    return rows, first_on
