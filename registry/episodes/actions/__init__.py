"""What can be done with an episode of care: each verb one transaction, one audit event, one signal."""

from registry.episodes.actions.backlog import take_up
from registry.episodes.actions.consent import revoke_consent, take_consent
from registry.episodes.actions.enrolment import enrol, refer
from registry.episodes.actions.focus import change_conditions, change_target, stop_tracking, track
from registry.episodes.actions.mending import correct_dates, reopen
from registry.episodes.actions.newcomers import Programme, enrol_newcomers
from registry.episodes.actions.other_teams import change_other_team, involve_team
from registry.episodes.actions.phases import change_phase, end_episode, record_death, withdraw_death
from registry.episodes.actions.team import change_team, reassign_open_work
from registry.episodes.actions.transfers import (
    accept_transfer,
    complete_transfers,
    hand_back,
    propose_transfer,
    refuse_transfer,
    withdraw_transfer,
)

__all__ = [
    "Programme",
    "accept_transfer",
    "change_conditions",
    "change_other_team",
    "change_phase",
    "change_target",
    "change_team",
    "complete_transfers",
    "correct_dates",
    "end_episode",
    "enrol",
    "enrol_newcomers",
    "hand_back",
    "involve_team",
    "propose_transfer",
    "reassign_open_work",
    "record_death",
    "refer",
    "refuse_transfer",
    "reopen",
    "revoke_consent",
    "stop_tracking",
    "take_consent",
    "take_up",
    "track",
    "withdraw_death",
    "withdraw_transfer",
]
