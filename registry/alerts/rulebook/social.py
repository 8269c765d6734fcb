"""Losing a home or a job. What counts as a loss is written in the instrument's file, with its source."""

from datetime import date
from itertools import groupby

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import ago, capitalised, written
from registry.alerts.rulebook.suspension import Family
from registry.alerts.rulebook.worse import newly_listed
from registry.alerts.snapshot import CaseSnapshot, CircumstanceHistory, EpisodeFacts, Phase
from registry.measures.categories import DatedCategory, latest_loss


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
    )


def _begun_on(episode: EpisodeFacts) -> date:
    return episode.referred_on or episode.enrolled_on or episode.phase_since


def _standing_loss(history: CircumstanceHistory) -> list[tuple[date, dict[str, JSON]]]:
    """The loss that still stands on one scale: none or one, with the day it was first recorded."""
    labels = {(each.on, each.category): each.label for each in history.circumstances}
    loss = latest_loss(history.scale, _spells(history))
    if loss is None:
        return []
    facts: dict[str, JSON] = {
        "name": history.name,
        "before": labels[loss.before.on, loss.before.category],
        "after": labels[loss.after.on, loss.after.category],
        "lost_on": stored(loss.after.on),
    }
    return [(loss.after.on, facts)]


def _spells(history: CircumstanceHistory) -> list[DatedCategory]:
    """The circumstances in order of date, each from the day it was first recorded.

    A second "homeless" in a row prolongs the first. A stay on a ward between the two says nothing
    about home or work, so it does not part them.
    """
    lasting = [each for each in history.circumstances if each.category not in history.scale.interludes]
    in_order = sorted(lasting, key=lambda each: each.on)
    return [
        DatedCategory(first.on, category)
        for category, run in groupby(in_order, key=lambda each: each.category)
        for first in [next(run)]
    ]


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
        is_news=newly_listed("losses", "name", "lost_on"),
    ),
)
