"""Entering what happens to an episode."""

from registry.episodes.forms.around import ConsentForm, OtherTeamForm, RevokeConsentForm
from registry.episodes.forms.dated import ChangeForm, DatedForm
from registry.episodes.forms.enrolment import EnrolForm, ReferForm, enrol_form
from registry.episodes.forms.focus import ConditionsForm, StopTrackingForm, TargetForm, TrackingForm, field_name
from registry.episodes.forms.handover import AnswerTransferForm, EndTransferForm, ProposeTransferForm
from registry.episodes.forms.phases import DeathForm, EndForm, PhaseForm, WithdrawDeathForm
from registry.episodes.forms.search import SearchForm
from registry.episodes.forms.team import TeamForm, fitting

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
