"""Entering what becomes of somebody who is handed over to another clinic."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import FormField, RadioField
from wtforms.validators import InputRequired

from registry.accounts.models import User
from registry.episodes.facts import TeamPlace
from registry.episodes.forms.dated import DatedForm, past_date
from registry.episodes.forms.team import PlaceForm, fitting
from registry.episodes.rules import TEAM_ROLES
from registry.patients.forms import ClinicForm
from registry.web.form_fields import RegistryForm, choices, paragraph

ACCEPT, REFUSE = "accept", "refuse"
_PLACES = ("care_manager", "consultant")
"""Whoever takes somebody over names these two; the rest of the team is filled as care goes on."""


class ProposeTransferForm(ClinicForm):
    words = paragraph(
        "Why, and what they must know",
        required="Say why, and what the other clinic must know before the first contact",
        longest=2_000,
    )


class AnswerTransferForm(DatedForm):
    answer = RadioField(
        "Your answer",
        [InputRequired("Choose an answer")],
        choices=choices([(ACCEPT, "Accept: the person is in our care from this day"), (REFUSE, "Refuse")]),
    )
    on = past_date("Accepted on", missing="Enter the day you accept")
    phase = RadioField(
        "Phase to begin with",
        choices=choices([("engaging", "Engaging: trust comes first"), ("active", "Active: treatment goes on")]),
        default="engaging",
    )
    care_manager = FormField(PlaceForm, TEAM_ROLES["care_manager"])
    consultant = FormField(PlaceForm, TEAM_ROLES["consultant"])
    words = paragraph("Why it is refused", longest=500, hint="The other clinic reads this")

    def offer(self, users: Sequence[User], clinic_id: uuid.UUID) -> None:
        """The users of the clinic, each offered for the places their roles fit."""
        for role in _PLACES:
            self._place(role).offer(fitting(users, role, clinic_id))

    def validate(self, extra_validators: Any = None) -> bool:
        """What each answer asks for: of an acceptance who takes the person on, of a refusal why."""
        is_valid = bool(super().validate(extra_validators))
        if self.answer.data == REFUSE and not self.words.data:
            self.words.errors = ["Say why, so that the other clinic can go on from there"]
            return False
        if is_valid and self.answer.data == ACCEPT and self._place("care_manager").place("care_manager").is_empty:
            self._place("care_manager").user_id.errors = ["Choose the care manager of record"]
            return False
        return is_valid

    def _place(self, role: str) -> PlaceForm:
        form: PlaceForm = getattr(self, role).form
        return form

    @property
    def day(self) -> date:
        return self.on.day

    def team(self) -> list[TeamPlace]:
        return [place for role in _PLACES if not (place := self._place(role).place(role)).is_empty]


class EndTransferForm(RegistryForm):
    words = paragraph("Why", required="Say why, so that the other clinic understands", longest=500)
