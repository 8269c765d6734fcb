"""Losing a home or a job. What counts as a loss is written in the instrument's file, with its source."""

from collections.abc import Sequence
from datetime import date

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import ago, capitalised, written
from registry.alerts.rulebook.suspension import Family
from registry.alerts.snapshot import CaseSnapshot, Circumstance, CircumstanceHistory, EpisodeFacts, Phase
from registry.measures.instrument import Loss, Scale


def _loss(case: CaseSnapshot, _clock: Clock, _numbers: Numbers) -> Found | None:
    """A loss during this episode that has not been made good since.

    What was lost before the referral is the person's situation, not news.
    """
    if case.episode is None or case.episode.phase is Phase.ENDED:
        return None
    begun_on = _begun_on(case.episode)
    losses = [
        (lost_on, facts)
        for history in case.circumstances
        for lost_on, facts in _standing_loss(history)
        if lost_on >= begun_on
    ]
    if not losses:
        return None
    return Found(
        tier=Tier.ACTION,
        evidence={"losses": [facts for _, facts in losses]},
        since=max(lost_on for lost_on, _ in losses),
        audience=(Audience.CARE_MANAGER,),
    )


def _begun_on(episode: EpisodeFacts) -> date:
    return episode.referred_on or episode.enrolled_on or episode.phase_since


def _standing_loss(history: CircumstanceHistory) -> list[tuple[date, dict[str, JSON]]]:
    """The loss that still stands on one scale: none or one, with the day it was first recorded."""
    spells = _told(history)
    for index in range(len(spells) - 2, -1, -1):
        before, after = spells[index], spells[-1]
        if not _is_loss(history.scale, before, after):
            continue
        lost_on = _first_of_run(history.scale, before, spells[index + 1 :])
        facts: dict[str, JSON] = {
            "name": history.name,
            "before": before.label,
            "after": after.label,
            "lost_on": stored(lost_on),
        }
        return [(lost_on, facts)]
    return []


def _told(history: CircumstanceHistory) -> Sequence[Circumstance]:
    """The circumstances in order of date, without interludes (a ward, a cell) that say nothing about home or work."""
    told = (each for each in history.circumstances if each.category not in history.scale.interludes)
    return sorted(told, key=lambda each: each.on)


def _is_loss(scale: Scale, before: Circumstance, after: Circumstance) -> bool:
    return Loss(before.category, after.category) in scale.losses


def _first_of_run(scale: Scale, before: Circumstance, later: Sequence[Circumstance]) -> date:
    """The first day of the unbroken run of losses that ends today."""
    first = later[-1].on
    for each in reversed(later):
        if not _is_loss(scale, before, each):
            break
        first = each.on
    return first


def _loss_words(evidence: Evidence, today: date) -> str:
    return "; ".join(_one_loss(each, today) for each in evidence.each("losses"))


def _one_loss(loss: Evidence, today: date) -> str:
    lost_on = loss.day("lost_on")
    return (
        f"{capitalised(loss.text('name'))} lost: {loss.text('before')} → {loss.text('after')}, "
        f"recorded {written(lost_on)} ({ago(lost_on, today)})"
    )


RULES = (
    Rule(
        id="social.loss",
        title="Home or work lost",
        family=Family.SOCIAL,
        audience=(Audience.CARE_MANAGER,),
        parameters=(),
        source="The losses listed in the instrument's file",
        check=_loss,
        words=_loss_words,
    ),
)
