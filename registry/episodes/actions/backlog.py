"""Taking up what had piled up before somebody was enrolled here, before its day comes."""

from __future__ import annotations

from collections.abc import Iterable

from registry import clock
from registry.accounts.models import User
from registry.audit.recorder import record
from registry.db.transaction import write
from registry.episodes.models import Episode
from registry.episodes.signals import tell_episode_changed, told_once


def take_up(*, episodes: Iterable[Episode], by: User) -> int:
    """Have it told from today on what of these episodes waits for a later day. Returns how many did wait."""
    taken = 0
    with write(), told_once():
        for episode in episodes:
            today = episode.clinic.today(clock.now())
            if not episode.is_open or episode.backlog_until is None or episode.backlog_until <= today:
                continue
            episode.backlog_until = today
            record("episode.taken-up", by=by, subject=episode)
            tell_episode_changed(episode.patient_id)
            taken += 1
    return taken
