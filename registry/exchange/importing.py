"""An import: rows of a file become people, episodes and measurements, in chunks that are each one transaction.

Running it again stores nothing twice: what an earlier run stored is counted as there already. So a run that was
interrupted is resumed by running it again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from time import monotonic

import sqlalchemy as sa

from registry import clock
from registry.access import scope
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.transaction import end_read, write
from registry.episodes import actions as episodes
from registry.episodes.facts import ConsentFacts, TargetWish, TeamPlace, Tracking
from registry.episodes.signals import tell_episode_changed, told_once
from registry.exchange.deciding import ALREADY_THERE, Occasions, Somebody, decide, may_need_attention
from registry.exchange.mapping import Enrolment, MappingFile
from registry.exchange.models import ImportBatch
from registry.exchange.pacing import Pace
from registry.exchange.quarantine import Quarantine
from registry.exchange.rows import Judged, Refusal, Wish
from registry.exchange.stored import look_up, source_key
from registry.extensions import db
from registry.measurements.instruments import catalogue
from registry.measurements.models import Measurement
from registry.measurements.scores import score_rows
from registry.measures.instrument import Better, Instrument
from registry.patients.actions import person_seen_by
from registry.patients.models import Patient

ENROLMENT_SOURCE = "other"
"""Where a person enrolled by an import was referred from."""


@dataclass(slots=True)
class Tally:
    """What became of the rows: ``imported + quarantined + already_there == rows_read`` after every chunk."""

    rows_read: int = 0
    imported: int = 0
    quarantined: int = 0
    already_there: int = 0
    people_added: int = 0
    people_enrolled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to import, and where. ``first_on``: record number → the person's first date in the file."""

    file_hash: str
    mapping: MappingFile
    instrument: Instrument
    clinic_id: uuid.UUID
    care_manager_id: uuid.UUID | None = None
    first_on: Mapping[str, date] = field(default_factory=dict)

    @property
    def enrol(self) -> Enrolment | None:
        return self.mapping.mapping.enrol


@dataclass(slots=True)
class _Chunk:
    """What one transaction decided and did; told to the quarantine and the tally once it is committed."""

    refusals: list[Refusal] = field(default_factory=list)
    imported: int = 0
    already_there: int = 0
    added: list[str] = field(default_factory=list)
    enrolled: int = 0


def rehearse(plan: Plan, rows: Iterable[Judged], *, quarantine: Quarantine, progress: Callable[[int], object]) -> Tally:
    """What ``run`` would do with these rows. Stores nothing."""
    tally, added = Tally(), set[str]()
    with scope.all_patients(reason="rehearsal of an import"):
        for judged in _in_chunks(rows, lambda: 200):
            chunk, wishes = _Chunk(), _wishes(judged)
            clinic = db.session.get_one(Clinic, plan.clinic_id)
            _decide(plan, clinic, wishes, chunk)
            end_read()
            added |= set(chunk.added)
            _tell(judged, chunk, tally, quarantine, progress)
    tally.people_added = len(added)
    return tally


def run(
    plan: Plan,
    rows: Iterable[Judged],
    *,
    quarantine: Quarantine,
    progress: Callable[[int], object],
    pace: Pace | None = None,
) -> Tally:
    """Store what the rows ask for, chunk by chunk, and quarantine the rest."""
    tally, pace = Tally(), pace or Pace(_others_wrote())
    with scope.all_patients(reason="import of measurements"):
        batch_id = _begin(plan)
        for judged in _in_chunks(rows, lambda: pace.people):
            began = monotonic()
            chunk = _store(plan, batch_id, judged)
            pace.after(people=len(judged), held=monotonic() - began)
            _tell(judged, chunk, tally, quarantine, progress)
        _finish(batch_id, tally)
    return tally


def _in_chunks(rows: Iterable[Judged], people: Callable[[], int]) -> Iterator[list[Judged]]:
    """So many people at a time, one person's neighbouring rows together; a limit too on rows that are refused."""
    occasions = Occasions()
    chunk: list[Judged] = []
    mrns: set[str] = set()
    for judged in map(occasions.once, rows):
        is_next_person = isinstance(judged, Refusal) or judged.mrn not in mrns
        if chunk and is_next_person and (len(mrns) >= people() or len(chunk) >= 2_000):
            yield chunk
            chunk, mrns = [], set()
        chunk.append(judged)
        if isinstance(judged, Wish):
            mrns.add(judged.mrn)
    if chunk:
        yield chunk


def _wishes(judged: Sequence[Judged]) -> list[Wish]:
    return [each for each in judged if isinstance(each, Wish)]


def _store(plan: Plan, batch_id: uuid.UUID, judged: Sequence[Judged]) -> _Chunk:
    chunk, wishes = _Chunk(), _wishes(judged)
    with write():
        clinic = db.session.get_one(Clinic, plan.clinic_id)
        accepted = _decide(plan, clinic, wishes, chunk)
        with told_once():
            _store_accepted(plan, clinic, accepted, chunk)
        batch = db.session.get_one(ImportBatch, batch_id)
        batch.rows_read += len(judged)
        batch.imported += chunk.imported
        batch.already_there += chunk.already_there
        batch.quarantined += len(judged) - chunk.imported - chunk.already_there
        batch.last_row = judged[-1].number
    return chunk


def _decide(plan: Plan, clinic: Clinic, wishes: Sequence[Wish], chunk: _Chunk) -> list[tuple[str, Wish, Somebody]]:
    """The rows to store, each with its source key and its person; the others are counted in ``chunk``."""
    mapping = plan.mapping.mapping
    keys = {source_key(clinic.organisation_id, mapping.source, mapping.instrument, wish): wish for wish in wishes}
    if not keys:
        return []
    stored = look_up(clinic, keys)
    people = dict(stored.people)
    knows_births = mapping.person.new is not None and mapping.person.new.birth_date is not None
    accepted = []
    for key, wish in keys.items():
        verdict = decide(
            wish,
            somebody=people.get(wish.mrn),
            stored_content=stored.contents.get(key),
            birth_date_is_known=knows_births,
        )
        if verdict is ALREADY_THERE:
            chunk.already_there += 1
        elif verdict:
            chunk.refusals.append(Refusal(wish.number, str(verdict), wish.raw))
        else:
            if wish.mrn not in people and wish.newcomer is not None:
                people[wish.mrn] = Somebody(patient_id=None, born_on=wish.newcomer.facts.birth_date)
                chunk.added.append(wish.mrn)
            accepted.append((key, wish, people[wish.mrn]))
            chunk.imported += 1
    return accepted


def _store_accepted(plan: Plan, clinic: Clinic, accepted: Sequence[tuple[str, Wish, Somebody]], chunk: _Chunk) -> None:
    newcomers = _add_people(clinic, [wish for _, wish, somebody in accepted if somebody.patient_id is None])
    if plan.enrol is not None:
        chunk.enrolled = _enrol(plan, plan.enrol, clinic, accepted, newcomers)
    measurements = []
    for key, wish, somebody in accepted:
        patient_id = somebody.patient_id or newcomers[wish.mrn].id
        measurements.append(_measurement(plan, clinic, key, wish, patient_id))
        if may_need_attention(wish, somebody):
            tell_episode_changed(patient_id)
    db.session.add_all(measurements)
    db.session.flush()  # a measurement stands before its scores
    for measurement, (_, wish, _) in zip(measurements, accepted, strict=True):
        db.session.add_all(score_rows(measurement, plan.instrument, wish.scoring))
        record("measurement.imported", by=None, subject=measurement, kind="create")


def _add_people(clinic: Clinic, wishes: Sequence[Wish]) -> dict[str, Patient]:
    added: dict[str, Patient] = {}
    for wish in wishes:
        if wish.mrn in added or wish.newcomer is None:
            continue
        patient = person_seen_by(clinic, wish.newcomer.facts, by=None)
        why = "imported; the birth date was worked out from an age" if wish.newcomer.is_estimated else "imported"
        record("patient.added", by=None, subject=patient, clinic_id=clinic.id, kind="create", reason=why)
        added[wish.mrn] = patient
    db.session.add_all(added.values())
    db.session.flush()  # the people stand before what is kept about them
    return added


def _enrol(
    plan: Plan,
    enrol: Enrolment,
    clinic: Clinic,
    accepted: Sequence[tuple[str, Wish, Somebody]],
    newcomers: Mapping[str, Patient],
) -> int:
    """Enrol whoever had no episode here yet, from the day of their first row. Returns how many."""
    waiting = {
        wish.mrn: somebody
        for _, wish, somebody in accepted
        if not somebody.has_episode_here and somebody.died_on is None
    }
    scale = catalogue().scale(enrol.metric_primary)
    cadence = enrol.cadence_days or catalogue().instrument_of(enrol.metric_primary).cadence_days
    level = scale.target_in_force
    targets = [] if level is None else [_target(enrol.metric_primary, level, scale.better)]
    team = [] if plan.care_manager_id is None else [TeamPlace(role="care_manager", user_id=plan.care_manager_id)]
    for mrn, somebody in waiting.items():
        patient = newcomers.get(mrn) or db.session.get_one(Patient, somebody.patient_id)
        began = plan.first_on[mrn]
        episode = episodes.refer(patient=patient, clinic=clinic, referred_on=began, source=ENROLMENT_SOURCE, by=None)
        episodes.enrol(
            episode=episode,
            enrolled_on=began,
            consent=ConsentFacts(given_on=began, mode=enrol.consent.mode, taken_by=enrol.consent.taken_by),
            team=team,
            conditions=enrol.conditions,
            metric_primary=enrol.metric_primary,
            tracked=[Tracking(scale=enrol.metric_primary, cadence_days=cadence)],
            targets=targets,
            by=None,
        )
    return len(waiting)


def _target(scale: str, level: Decimal, better: Better) -> TargetWish:
    return TargetWish(scale=scale, at_most=level) if better is Better.LOWER else TargetWish(scale=scale, at_least=level)


def _measurement(plan: Plan, clinic: Clinic, key: str, wish: Wish, patient_id: uuid.UUID) -> Measurement:
    mapping = plan.mapping.mapping
    return Measurement(
        patient_id=patient_id,
        clinic_id=clinic.id,
        instrument=plan.instrument.id,
        instrument_version=plan.instrument.version,
        taken_on=wish.taken_on,
        mode=mapping.mode,
        language=mapping.language,
        answers=None if wish.answers is None else dict(wish.answers),
        total_only=wish.total_only,
        status="final",
        source_key=key,
        recorded_at=clock.now(),
    )


def _tell(
    judged: Sequence[Judged], chunk: _Chunk, tally: Tally, quarantine: Quarantine, progress: Callable[[int], object]
) -> None:
    """Count the chunk and put its refused rows aside, in the order of the file."""
    refusals = [*chunk.refusals, *(each for each in judged if isinstance(each, Refusal))]
    for refusal in sorted(refusals, key=lambda each: each.number):
        quarantine.add(refusal.number, refusal.reason, refusal.raw)
    tally.rows_read += len(judged)
    tally.imported += chunk.imported
    tally.already_there += chunk.already_there
    tally.quarantined += len(refusals)
    tally.people_added += len(chunk.added)
    tally.people_enrolled += chunk.enrolled
    progress(len(judged))


def _begin(plan: Plan) -> uuid.UUID:
    """The run's row: that of an interrupted run over the same file, counted anew, or a new one."""
    with write():
        batch = db.session.scalars(
            sa.select(ImportBatch).where(
                ImportBatch.clinic_id == plan.clinic_id,
                ImportBatch.file_hash == plan.file_hash,
                ImportBatch.mapping_hash == plan.mapping.fingerprint,
                ImportBatch.finished_at.is_(None),
            )
        ).first()
        is_resumed = batch is not None
        if batch is None:
            batch = ImportBatch(
                clinic_id=plan.clinic_id,
                source=plan.mapping.mapping.source,
                instrument=plan.instrument.id,
                file_hash=plan.file_hash,
                mapping_hash=plan.mapping.fingerprint,
                started_at=clock.now(),
            )
            db.session.add(batch)
        batch.rows_read = batch.imported = batch.quarantined = batch.already_there = batch.last_row = 0
        record("import.resumed" if is_resumed else "import.started", by=None, subject=batch, kind="system")
        return batch.id


def _finish(batch_id: uuid.UUID, tally: Tally) -> None:
    with write():
        batch = db.session.get_one(ImportBatch, batch_id)
        batch.finished_at = clock.now()
        words = (
            f"{tally.rows_read} rows: {tally.imported} imported, {tally.quarantined} quarantined, "
            f"{tally.already_there} already there"
        )
        record("import.finished", by=None, subject=batch, kind="system", reason=words)


def _others_wrote() -> Callable[[], bool] | None:
    """Whether another connection committed since the last question; None where no write lock is shared."""
    if db.engine.dialect.name != "sqlite":
        return None
    seen = [_data_version()]

    def _asked_again() -> bool:
        before, seen[0] = seen[0], _data_version()
        return before != seen[0]

    return _asked_again


def _data_version() -> int:
    version = int(db.session.scalar(sa.text("PRAGMA data_version")) or 0)
    end_read()
    return version
