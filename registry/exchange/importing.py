"""An import: rows of a file become people, episodes and measurements, in chunks that are each one transaction.

Running it again stores nothing twice: what an earlier run stored is counted as there already. So a run that was
interrupted is resumed by running it again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from registry import clock
from registry.access import scope
from registry.audit.recorder import record
from registry.clinics.models import Clinic
from registry.db.pacing import Pace, begin_pace
from registry.db.transaction import end_read, seconds_held, write
from registry.episodes import actions as episodes
from registry.episodes.signals import tell_episode_changed, told_once
from registry.exchange import storing
from registry.exchange.deciding import ALREADY_THERE, Occasions, Somebody, decide, may_need_attention
from registry.exchange.mapping import MappingFile
from registry.exchange.models import ImportBatch
from registry.exchange.quarantine import Quarantine
from registry.exchange.rows import Judged, Refusal, Wish
from registry.exchange.stored import look_up, source_key
from registry.extensions import db
from registry.measures.instrument import Instrument
from registry.patients.models import Patient


class Overtaken(RuntimeError):
    """Somebody else stored the same people or administrations meanwhile. What was stored before stands: run again."""

    def __init__(self) -> None:
        super().__init__("somebody else stored the same people or measures meanwhile: run the import again")


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
    programme: episodes.Programme | None = None
    """The care people without an episode are enrolled in; None: nobody is enrolled."""
    first_on: Mapping[str, date] = field(default_factory=dict)


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
    """Store what the rows ask for, chunk by chunk, and quarantine the rest. Raises ``Overtaken``."""
    tally, pace = Tally(), pace or begin_pace()
    with scope.all_patients(reason="import of measurements"):
        batch_id = _begin(plan)
        for judged in _in_chunks(rows, lambda: pace.people):
            chunk = _store(plan, batch_id, judged)
            pace.after(people=len(judged), held=seconds_held())
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
    """One transaction. Raises ``Overtaken`` without the database's own words, which name people."""
    try:
        return _store_together(plan, batch_id, judged)
    except IntegrityError:
        raise Overtaken from None


def _store_together(plan: Plan, batch_id: uuid.UUID, judged: Sequence[Judged]) -> _Chunk:
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
    newcomers = storing.add_people(
        clinic,
        {wish.mrn: wish.newcomer for _, wish, somebody in accepted if somebody.patient_id is None and wish.newcomer},
        has_episode=plan.programme is not None,
    )
    if plan.programme is not None:
        chunk.enrolled = _enrol(plan, plan.programme, clinic, accepted, newcomers)
    of_whom = {wish.mrn: somebody.patient_id or newcomers[wish.mrn] for _, wish, somebody in accepted}
    storing.add_measurements(
        [(key, of_whom[wish.mrn], wish) for key, wish, _ in accepted],
        instrument=plan.instrument,
        clinic_id=clinic.id,
        mode=plan.mapping.mapping.mode,
        language=plan.mapping.mapping.language,
    )
    for _, wish, somebody in accepted:
        if may_need_attention(wish, somebody):
            tell_episode_changed(of_whom[wish.mrn])


def _enrol(
    plan: Plan,
    programme: episodes.Programme,
    clinic: Clinic,
    accepted: Sequence[tuple[str, Wish, Somebody]],
    newcomers: Mapping[str, uuid.UUID],
) -> int:
    """Enrol whoever had no episode here yet, from the day of their first row. Returns how many."""
    known = {
        wish.mrn: somebody.patient_id
        for _, wish, somebody in accepted
        if somebody.patient_id is not None and not somebody.has_episode_here and somebody.died_on is None
    }
    if newcomers:
        enrolled_on = {patient_id: plan.first_on[mrn] for mrn, patient_id in newcomers.items()}
        episodes.enrol_newcomers(enrolled_on=enrolled_on, programme=programme, by=None)
    for mrn, patient_id in known.items():
        began = plan.first_on[mrn]
        episode = episodes.refer(
            patient=db.session.get_one(Patient, patient_id),
            clinic=clinic,
            referred_on=began,
            source=programme.source,
            by=None,
        )
        episodes.enrol(
            episode=episode,
            enrolled_on=began,
            consent=programme.consent(began),
            team=programme.team,
            conditions=programme.conditions,
            metric_primary=programme.tracked[0].scale,
            tracked=programme.tracked,
            targets=programme.targets,
            by=None,
        )
    return len(newcomers) + len(known)


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
