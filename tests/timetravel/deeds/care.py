"""From referral to the end of an episode: phases, the team, the focus of care."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from registry.episodes import actions as episodes
from registry.episodes.facts import TargetWish, TeamPlace, Tracking
from registry.episodes.rules import may_follow
from tests import builders
from tests.timetravel.deeds.stage import Stage


def move_on(stage: Stage) -> None:
    """To another phase; back into care where there is no open episode."""
    episode, chance = stage.episode, stage.chance
    if episode is None:
        come_back(stage)
        return
    phase = chance.choice(sorted(may_follow(episode.phase) - {"ended"}) or ["active"])
    if phase == "paused":
        pause(stage)
    else:
        episodes.change_phase(episode=episode, phase=phase, on=stage.place.today(), why="Agreed", by=stage.by)


def pause(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        until = stage.place.today() + timedelta(days=stage.chance.randrange(5, 60))
        today = stage.place.today()
        episodes.change_phase(episode=episode, phase="paused", on=today, why="Away", paused_until=until, by=stage.by)


def end(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        episodes.end_episode(episode=episode, reason="withdrew", on=stage.place.today(), by=stage.by)


def refer(stage: Stage) -> None:
    """Somebody sends the person here; whether they come is another matter."""
    if stage.episode is None:
        episodes.refer(
            patient=stage.patient,
            clinic=stage.place.clinic,
            referred_on=stage.day(),
            urgency=stage.chance.choice(("routine", "urgent")),
            by=stage.by,
        )


def come_back(stage: Stage) -> None:
    """Into care, referred before or not."""
    episode = stage.episode
    if (episode is None or episode.enrolled_on is None) and not stage.is_dead:
        builders.an_episode(
            patient=stage.patient,
            clinic=stage.place.clinic,
            enrolled_on=stage.place.today(),
            phase=stage.chance.choice(("engaging", "active")),
            tracked=("phq-9:total",),
            care_manager=stage.by,
            consultant=stage.psychiatrist,
        )


def die(stage: Stage) -> None:
    """Or turn out to be alive."""
    if not stage.is_dead:
        today = stage.place.today()
        episodes.record_death(patient=stage.patient, died_on=today, today=today, by=stage.by)
    else:
        episodes.withdraw_death(patient=stage.patient, why="Another person of that name", by=stage.by)


def change_care_manager(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        place = TeamPlace(role="care_manager", user_id=stage.chance.choice((*stage.place.care_managers, None)))
        episodes.change_team(episode=episode, place=place, on=stage.place.today(), why="Rota", by=stage.by)


def change_target(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        wish = TargetWish(scale="phq-9:total", at_most=Decimal(stage.chance.randrange(4, 12)))
        episodes.change_target(episode=episode, wish=wish, on=stage.place.today(), why="Agreed", by=stage.by)


def change_cadence(stage: Stage) -> None:
    if (episode := stage.episode) is not None:
        tracking = Tracking(
            scale=stage.chance.choice(("phq-9:total", "asrm:total")), cadence_days=stage.chance.choice((14, 28, 56))
        )
        episodes.track(episode=episode, tracking=tracking, on=stage.place.today(), why="Agreed", by=stage.by)
