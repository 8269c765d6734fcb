"""What can be done with an episode of care: each verb one transaction, one audit event, one signal."""

from registry.episodes.actions.enrolment import enrol, refer
from registry.episodes.actions.focus import change_conditions, change_target, stop_tracking, track
from registry.episodes.actions.newcomers import Programme, enrol_newcomers
from registry.episodes.actions.phases import change_phase, end_episode, record_death, withdraw_death
from registry.episodes.actions.team import change_team, reassign_open_work

__all__ = [
    "Programme",
    "change_conditions",
    "change_phase",
    "change_target",
    "change_team",
    "end_episode",
    "enrol",
    "enrol_newcomers",
    "reassign_open_work",
    "record_death",
    "refer",
    "stop_tracking",
    "track",
    "withdraw_death",
]
