"""Referring and enrolling somebody."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, Form, FormField, RadioField, SelectField
from wtforms.fields import Field, SelectMultipleField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from registry.accounts.models import User
from registry.episodes.facts import ConsentFacts, TargetWish, TeamPlace, Tracking
from registry.episodes.forms.dated import DatedForm, past_date
from registry.episodes.forms.focus import TrackForm, field_name, wish
from registry.episodes.forms.team import PlaceForm, fitting
from registry.episodes.rules import CONDITIONS, CONSENT_MODES, PATIENT, REFERRAL_SOURCES, TEAM_ROLES
from registry.measures.instrument import Instrument
from registry.measures.scale import Scale
from registry.patients.forms import ClinicForm
from registry.web.form_fields import LocalDate, NotAfter, choices, line


class ReferForm(ClinicForm, DatedForm):
    referred_on = past_date("Referred on", missing="Enter the date of the referral")
    source = SelectField("Referred by", choices=choices({"": "Not known", **REFERRAL_SOURCES}), default="")
    urgency = RadioField(
        "How soon",
        choices=choices(
            [
                ("routine", "Routine: contact within the days the clinic allows"),
                ("urgent", "Urgent: contact first of all"),
            ]
        ),
        default="routine",
    )

    @property
    def day(self) -> date:
        return self.referred_on.day


class ConsentFields(Form):
    """Agreement to collaborative care: part of two forms, whose dates are not after their ``today``."""

    given_on = past_date("Consent given on", missing="Enter the date consent was given")
    mode = RadioField("How it was given", [InputRequired("Choose how it was given")], choices=choices(CONSENT_MODES))
    taken_by = line("Taken by", required="Enter who took the consent")
    given_by = line(
        "Given by",
        required="Enter who gave the consent",
        hint='"patient", or who gave it for the patient and with what authority',
    )
    has_capacity = BooleanField("The person had capacity to consent", default=True)
    cost_sharing_told = BooleanField("Cost sharing was explained")

    def validate_given_by(self, field: Field) -> None:
        if not self.has_capacity.data and (field.data or "").casefold() == PATIENT:
            raise ValidationError("Enter who gave the consent for the person, and with what authority")

    def consent(self) -> ConsentFacts:
        return ConsentFacts(
            given_on=self.given_on.day,
            mode=self.mode.data,
            taken_by=self.taken_by.data or "",
            given_by=self.given_by.data or "",
            has_capacity=bool(self.has_capacity.data),
            cost_sharing_told=bool(self.cost_sharing_told.data),
        )


class EnrolForm(DatedForm, ConsentFields):
    """Everything an enrolment needs, on one page. Made by ``enrol_form``, which adds the scales."""

    enrolled_on = LocalDate(
        "Initial assessment on",
        [
            InputRequired("Enter the date of the initial assessment"),
            NotAfter(lambda form: form.today, "Enter the date of the assessment, not later than today"),
        ],
        description="The enrolment date: the start of every metric",
    )
    phase = RadioField(
        "Phase to begin with",
        choices=choices(
            [("active", "Active: treatment to target begins"), ("engaging", "Engaging: trust comes first")]
        ),
        default="active",
    )
    care_manager = FormField(PlaceForm, TEAM_ROLES["care_manager"])
    consultant = FormField(PlaceForm, TEAM_ROLES["consultant"])
    prescriber = FormField(PlaceForm, TEAM_ROLES["prescriber"])
    key_worker = FormField(PlaceForm, TEAM_ROLES["key_worker"])
    peer = FormField(PlaceForm, TEAM_ROLES["peer"])
    conditions = SelectMultipleField(
        "Conditions",
        [InputRequired("Choose at least one condition")],
        choices=choices(CONDITIONS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    metric_primary = SelectField(
        "Metric primary",
        [InputRequired("Choose the measure this episode is judged by")],
        description="The measure outcomes are counted by. It stays for the whole episode",
    )

    _scales: tuple[tuple[str, Scale, Instrument], ...] = ()

    def offer(self, users: Sequence[User], clinic_id: uuid.UUID) -> None:
        """The users of the clinic, each offered for the places their roles fit."""
        for role in TEAM_ROLES:
            self._place(role).offer(fitting(users, role, clinic_id))

    def _place(self, role: str) -> PlaceForm:
        form: PlaceForm = getattr(self, role).form
        return form

    def row(self, scale_key: str) -> TrackForm:
        form: TrackForm = getattr(self, field_name(scale_key)).form
        return form

    @property
    def scales(self) -> tuple[tuple[str, Scale, Instrument], ...]:
        return self._scales

    def validate_metric_primary(self, field: Field) -> None:
        is_known = any(key == field.data for key, _scale, _instrument in self._scales)
        if is_known and not self.row(field.data).is_tracked.data:
            raise ValidationError("Track this measure as well, below")

    @property
    def day(self) -> date:
        return self.enrolled_on.day

    def team(self) -> list[TeamPlace]:
        return [place for role in TEAM_ROLES if not (place := self._place(role).place(role)).is_empty]

    def tracked(self) -> list[Tracking]:
        """The tracked scales, the metric primary first."""
        rows = [
            self.row(key).tracking(key, instrument.cadence_days)
            for key, _scale, instrument in self._scales
            if self.row(key).is_tracked.data
        ]
        return sorted(rows, key=lambda row: row.scale != self.metric_primary.data)

    def targets(self) -> list[TargetWish]:
        return [
            wish(key, scale, level)
            for key, scale, _instrument in self._scales
            if self.row(key).is_tracked.data and (level := self.row(key).level.data) is not None
        ]


def enrol_form(instruments: Sequence[Instrument], *, today: date, taken_by: str) -> EnrolForm:
    """The enrolment form with one row for every scale of these, its cadence and target those of the instrument."""
    scales = tuple(
        (instrument.scale_key(scale), scale, instrument) for instrument in instruments for scale in instrument.scales
    )
    rows: dict[str, Any] = {field_name(key): FormField(TrackForm, scale.name) for key, scale, _ in scales}
    kind: Callable[..., EnrolForm] = type("EnrolFormOfThisClinic", (EnrolForm,), rows | {"_scales": scales})
    defaults = {
        field_name(key): {"cadence_days": instrument.cadence_days, "level": scale.target_in_force}
        for key, scale, instrument in scales
    }
    form = kind(today=today, taken_by=taken_by, given_by=PATIENT, **defaults)
    named = {key: instrument.label_of(scale) for key, scale, instrument in scales if scale.has_course}
    form.metric_primary.choices = choices({"": "Choose a measure"} | named)
    return form
