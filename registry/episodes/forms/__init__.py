"""Entering what happens to an episode."""

from registry.episodes.forms.around import ConsentForm, OtherTeamForm, RevokeConsentForm
from registry.episodes.forms.care import (
    ChangeForm,
    ConditionsForm,
    DatedForm,
    DeathForm,
    EndForm,
    EnrolForm,
    PhaseForm,
    ReferForm,
    SearchForm,
    StopTrackingForm,
    TargetForm,
    TeamForm,
    TrackingForm,
    WithdrawDeathForm,
    enrol_form,
    field_name,
    fitting,
)
from registry.episodes.forms.handover import AnswerTransferForm, EndTransferForm, ProposeTransferForm

__all__ = [
    "AnswerTransferForm",
    "ChangeForm",
    "ConditionsForm",
    "ConsentForm",
    "DatedForm",
    "DeathForm",
    "EndForm",
    "EndTransferForm",
    "EnrolForm",
    "OtherTeamForm",
    "PhaseForm",
    "ProposeTransferForm",
    "ReferForm",
    "RevokeConsentForm",
    "SearchForm",
    "StopTrackingForm",
    "TargetForm",
    "TeamForm",
    "TrackingForm",
    "WithdrawDeathForm",
    "enrol_form",
    "field_name",
    "fitting",
]
