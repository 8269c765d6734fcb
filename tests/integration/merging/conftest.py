"""One person with two records at one clinic, each with a history of its own, and a lead who may see both."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import time_machine
from flask import Flask

from registry.access import scope
from registry.accounts.models import User
from registry.clinics.models import Clinic
from registry.contacts.actions import ContactFacts, record_contact
from registry.episodes.actions import withdraw_transfer
from registry.episodes.models import Transfer
from registry.extensions import db
from registry.measurements.actions import record_measurement
from registry.merging.actions import merge_records, undo_merge
from registry.merging.queries import load_rows
from registry.merging.tables import Rows
from registry.patients.actions import add_payer, note_directive
from registry.patients.facts import DirectiveFacts, PayerFacts
from registry.patients.models import Patient, PatientMerge
from registry.patients.queries import list_merges
from registry.plans import actions as plans
from registry.plans.facts import PlanFacts
from tests.builders import a_patient
from tests.trust.history import NOW, TODAY
from tests.trust.world import World, a_world
from tests.worlds import Worlds


@dataclass(frozen=True)
class Twice:
    """Identifiers of the records that stays and of the one merged into it."""

    app: Flask
    clinic_id: uuid.UUID
    lead_id: uuid.UUID
    stranger_id: uuid.UUID
    kept_id: uuid.UUID
    other_id: uuid.UUID

    @contextmanager
    def at_work(self) -> Iterator[User]:
        """In the program, as the lead, within the lead's own clinic."""
        with self.app.app_context(), scope.within({self.clinic_id}):
            yield db.session.get_one(User, self.lead_id)

    def merge(self, *, by: User, **choices: str) -> PatientMerge:
        kept, other = (db.session.get_one(Patient, id_) for id_ in (self.kept_id, self.other_id))
        return merge_records(
            kept=kept,
            other=other,
            choices=choices,
            why="Added twice",
            opened_versions=(kept.version, other.version),
            by=by,
        )

    def undo(self, *, by: User, said: Mapping[uuid.UUID, bool] | None = None) -> None:
        merge = list_merges(self.kept_id)[0].merge
        undo_merge(merge=merge, said=said or {}, why="Two people", opened_version=merge.version, by=by)


def _twice(app: Flask, world: World) -> Twice:
    """The record that is merged away holds something in every table there is."""
    with app.app_context(), scope.all_patients(reason="test"):
        clinic = db.session.get_one(Clinic, world.here.clinic)
        manager = db.session.get_one(User, world.here.people["care_manager"])
        lead_id = world.here.people["clinic_lead"]
        other_id = world.here.arguments["patient_id"]
        assert isinstance(other_id, uuid.UUID)
        # As long as another clinic is asked to take the person over, only somebody who leads both merges.
        asked = db.session.get_one(Transfer, world.here.arguments["transfer_id"])
        withdraw_transfer(transfer=asked, words="Stays with us", opened_version=asked.version, by=manager)
        kept = a_patient(clinic=clinic, given="Quillonia", family="Zanzibar", mrn="KEPT-1", pronouns="she / her")
        _history(kept, clinic, by=manager)
        return Twice(app, clinic.id, lead_id, world.elsewhere.people["clinic_lead"], kept.id, other_id)


def _history(patient: Patient, clinic: Clinic, *, by: User) -> None:
    """Of everything there can be one of only, one here as well."""
    record_measurement(
        patient_id=patient.id,
        clinic_id=clinic.id,
        instrument="phq-9",
        taken_on=TODAY,
        mode="self-paper",
        answers={str(item): 0 for item in range(1, 9)} | {"9": 1},
        by=by,
    )
    facts = ContactFacts(took_place_on=TODAY, kind="treatment", modality="phone", reached=True)
    record_contact(patient_id=patient.id, clinic_id=clinic.id, facts=facts, by=by)
    plan = PlanFacts(written_on=TODAY, took_part="the person", sections={"signs": "sleep"})
    plans.write_plan(patient_id=patient.id, clinic_id=clinic.id, kind="safety", facts=plan, opened_number=0, by=by)
    add_payer(patient=patient, facts=PayerFacts(payer="medicaid", starts_on=TODAY), by=by)
    note_directive(
        patient=patient, facts=DirectiveFacts(answer="made", kept_at="the drawer"), opened_version=None, by=by
    )


@pytest.fixture
def twice(app: Flask, worlds: Worlds) -> Iterator[Twice]:
    del app  # wanted for the empty database it leaves behind
    with time_machine.travel(NOW, tick=False):
        yield worlds.begin_upon(a_world, _twice)


def rows_of(twice: Twice) -> dict[str, Rows]:
    """Every row of every table that goes with a person, as the database holds it, of either record."""
    with twice.app.app_context(), scope.all_patients(reason="test"):
        return {"kept": load_rows(twice.kept_id), "other": load_rows(twice.other_id)}
