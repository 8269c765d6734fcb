"""Entering what happens to an episode."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, Form, FormField, RadioField, SelectField
from wtforms.fields import Field, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from registry.accounts.models import User
from registry.episodes.facts import ConsentFacts, TargetWish, TeamPlace, Tracking
from registry.episodes.rules import (
    CONDITIONS,
    CONSENT_MODES,
    END_REASONS,
    PATIENT,
    PHASE_TITLES,
    REFERRAL_SOURCES,
    TEAM_ROLES,
    TEAM_USER_ROLES,
)
from registry.measures.instrument import Instrument
from registry.measures.scale import Better, Scale
from registry.patients.forms import ClinicForm
from registry.web.form_fields import (
    FiniteDecimal,
    LocalDate,
    NotAfter,
    RegistryForm,
    WholeNumber,
    choices,
    line,
    paragraph,
)

NOBODY = ""
CADENCE = NumberRange(1, 730, message="Enter how often in days, from 1 to 730")


def past_date(label: str, *, missing: str = "Enter the date") -> LocalDate:
    """A date of service, not after today (``form.today``)."""
    return LocalDate(
        label,
        [InputRequired(missing), NotAfter(lambda form: form.today, "Enter a date not later than today, {limit}")],
    )


def date_of(field: Field) -> date:
    if not isinstance(field.data, date):
        raise ValueError("a form that was not validated")
    return field.data


class DatedForm(RegistryForm):
    """A form whose dates are not after ``today``, the clinic's local date."""

    def __init__(self, *args: Any, today: date, **values: Any) -> None:
        self.today = today
        super().__init__(*args, **values)


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
        return date_of(self.referred_on)


class PlaceForm(Form):
    """A place in the team: a user of the clinic, or a name."""

    user_id = SelectField("Person", validate_choice=False, default=NOBODY)
    name = line("Or somebody without an account")

    def offer(self, users: Sequence[User]) -> None:
        """The users who may take this place."""
        self._names = {str(user.id): user.name for user in users}
        self.user_id.choices = choices({NOBODY: "Nobody"} | self._names)

    def validate_user_id(self, field: Field) -> None:
        if field.data and field.data not in self._names:
            raise ValidationError("Choose somebody of this clinic from the list")
        if field.data and self.name.data:
            raise ValidationError("Choose a person or type a name, not both")

    @property
    def chosen_name(self) -> str:
        """Who was chosen, in words."""
        return self._names.get(self.user_id.data or NOBODY) or self.name.data or "Nobody"

    def place(self, role: str) -> TeamPlace:
        user_id = self.user_id.data
        return TeamPlace(role=role, user_id=uuid.UUID(user_id) if user_id else None, name=self.name.data or "")


def fitting(users: Iterable[User], role: str, clinic_id: uuid.UUID) -> list[User]:
    """Of the clinic's users, those whose role fits a place in the team."""
    return [
        user
        for user in users
        if user.is_active and not TEAM_USER_ROLES[role].isdisjoint(user.roles_by_clinic().get(clinic_id, frozenset()))
    ]


class TrackForm(Form):
    """One scale: whether it is tracked, how often, and its target."""

    is_tracked = BooleanField("Track")
    cadence_days = WholeNumber("Every (days)", [Optional(), CADENCE])
    level = FiniteDecimal("Target", [Optional()], places=None)

    def tracking(self, scale_key: str, default_days: int) -> Tracking:
        return Tracking(scale=scale_key, cadence_days=self.cadence_days.data or default_days)


def wish(scale_key: str, scale: Scale, level: Decimal, *, why: str = "") -> TargetWish:
    """A target on the right side of a scale: at most where lower is better."""
    if scale.better is Better.LOWER:
        return TargetWish(scale=scale_key, at_most=level, why=why)
    return TargetWish(scale=scale_key, at_least=level, why=why)


def field_name(scale_key: str) -> str:
    """The name of a scale's fields: ``phq-9:total`` → ``phq_9__total``."""
    return scale_key.replace("-", "_").replace(":", "__")


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
            given_on=date_of(self.given_on),
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
        return date_of(self.enrolled_on)

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


class ChangeForm(DatedForm):
    """A change with its date and reason."""

    on = past_date("From", missing="Enter the date of the change")
    why = paragraph("Why", required="Say why, so that the next person understands", longest=500)

    @property
    def day(self) -> date:
        return date_of(self.on)


class PhaseForm(ChangeForm):
    phase = RadioField("New phase", [InputRequired("Choose the new phase")])
    paused_until = LocalDate("Paused until", [Optional()], description="For a pause: at most 90 days")

    def offer(self, phases: Iterable[str]) -> None:
        possible = set(phases) - {"ended"}
        self.phase.choices = choices((code, title) for code, title in PHASE_TITLES.items() if code in possible)


class TeamForm(ChangeForm, PlaceForm):
    """Who takes one place in the team."""


class TargetForm(ChangeForm):
    kind = RadioField(
        "Target",
        choices=choices([("level", "A level to reach"), ("hold", "Best achievable: hold, and look again")]),
        default="level",
    )
    level = FiniteDecimal("Level", [Optional()], places=None)
    review_by = LocalDate("Look again by", [Optional()], description="For a target to hold: within six months")

    def validate(self, extra_validators: Any = None) -> bool:
        """An empty level is an error only where a level was chosen: its own validators stop at an empty one."""
        is_valid = bool(super().validate(extra_validators))
        if self.kind.data == "level" and self.level.data is None and not self.level.errors:
            self.level.errors = ["Enter the level to reach"]
            return False
        return is_valid

    def wish(self, scale_key: str, scale: Scale) -> TargetWish:
        if self.kind.data == "hold":
            return TargetWish(scale=scale_key, is_hold=True, review_by=self.review_by.data)
        if self.level.data is None:
            raise ValueError("a form that was not validated")
        return wish(scale_key, scale, self.level.data)


class TrackingForm(ChangeForm):
    scale = SelectField("Measure", [InputRequired("Choose a measure")])
    cadence_days = WholeNumber("Every (days)", [InputRequired("Enter how often in days"), CADENCE])
    on_request = BooleanField(
        "Tell me when this one is off target too",
        description="The metric primary always tells. Tick it for a measure that is as important for this person",
    )


class StopTrackingForm(ChangeForm):
    """From which day a scale is followed no longer."""


class ConditionsForm(ChangeForm):
    conditions = SelectMultipleField(
        "Conditions",
        [InputRequired("Choose at least one condition")],
        choices=choices(CONDITIONS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class EndForm(DatedForm):
    reason = RadioField(
        "Why it ends",
        [InputRequired("Choose why the episode ends")],
        choices=choices((code, words) for code, words in END_REASONS.items() if code != "died"),
    )
    on = past_date("Ended on", missing="Enter the date the episode ended")
    note = paragraph("Note", longest=500)
    left_open = paragraph("What becomes of it", longest=500)

    def __init__(self, *args: Any, leaves_open: bool, **values: Any) -> None:
        self.leaves_open = leaves_open
        super().__init__(*args, **values)

    def validate(self, extra_validators: Any = None) -> bool:
        """Empty words are an error only where something is left open: their own validators stop at empty ones."""
        is_valid = bool(super().validate(extra_validators))
        if self.leaves_open and not self.left_open.data and not self.left_open.errors:
            self.left_open.errors = ["Say what becomes of what is still open: it is declined with these words"]
            return False
        return is_valid

    @property
    def day(self) -> date:
        return date_of(self.on)


class DeathForm(DatedForm):
    died_on = past_date("Died on", missing="Enter the date of death")

    @property
    def day(self) -> date:
        return date_of(self.died_on)


class WithdrawDeathForm(RegistryForm):
    why = line("Why", required="Say why the record is wrong", longest=500)


class SearchForm(RegistryForm):
    """Only its length and characters are checked."""

    q = line("Search name or MRN", longest=100)
