"""Losing a home or a job: by a measure, whose file says with its source what a loss is, or as somebody told it."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from registry.alerts.life_facts import CircumstanceHistory, Turn
from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Tier
from registry.alerts.rulebook.phrases import ago, capitalised, written
from registry.alerts.rulebook.suspension import Family
from registry.alerts.rulebook.worse import newly_listed
from registry.alerts.snapshot import CaseSnapshot, EpisodeFacts, Phase
from registry.measures.categories import DatedCategory, latest_loss


def _loss(case: CaseSnapshot, _clock: Clock, _numbers: Numbers) -> Found | None:
    """A loss during this episode that has not been made good since, by a measure or as somebody told it.

    What was lost before the referral is the person's situation, not news.
    """
    if case.episode is None or case.episode.phase is Phase.ENDED:
        return None
    begun_on = _begun_on(case.episode)
    losses = [
        (lost_on, facts) for lost_on, facts in (*_measured_losses(case), *_told_losses(case)) if lost_on >= begun_on
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


def _measured_losses(case: CaseSnapshot) -> Iterator[tuple[date, dict[str, JSON]]]:
    """The loss that still stands on each scale, with its day: the one somebody told of it, where that came first."""
    for history in case.circumstances:
        loss = latest_loss(history.scale, _spells(history))
        if loss is None or any(on > loss.after.on for on in _regained(case, history.domain)):
            continue  # a measure of the same day knew of it
        told = [turn.on for turn in _lost(case, history.domain) if loss.before.on < turn.on <= loss.after.on]
        lost_on = min(told, default=loss.after.on)
        labels = {(each.on, each.category): each.label for each in history.circumstances}
        yield (
            lost_on,
            {
                "domain": history.domain,
                "name": history.name,
                "before": labels[loss.before.on, loss.before.category],
                "after": labels[loss.after.on, loss.after.category],
                "lost_on": stored(lost_on),
                "recorded_on": stored(loss.after.on),
            },
        )


def _told_losses(case: CaseSnapshot) -> Iterator[tuple[date, dict[str, JSON]]]:
    """The last loss told of each home and job, with its day, that no measure says as well, or says is made good."""
    for domain in sorted({turn.domain for turn in case.turns}):
        last = max(_lost(case, domain), key=lambda turn: turn.on, default=None)
        if last is None or any(on >= last.on for on in _regained(case, domain)) or _is_measured_since(case, last):
            continue
        yield last.on, {"domain": domain, "told": last.words, "lost_on": stored(last.on)}


def _lost(case: CaseSnapshot, domain: str) -> list[Turn]:
    return [turn for turn in case.turns if turn.is_loss and turn.domain == domain]


def _regained(case: CaseSnapshot, domain: str) -> list[date]:
    """The days on which somebody told of a home or a job again."""
    return [turn.on for turn in case.turns if not turn.is_loss and turn.domain == domain]


def _is_measured_since(case: CaseSnapshot, told: Turn) -> bool:
    """Whether a measure of that day or later says the same loss, or that nothing is lost."""
    for history in case.circumstances:
        if history.domain != told.domain:
            continue
        loss = latest_loss(history.scale, _spells(history))
        if loss is not None and loss.after.on >= told.on:
            return True
        ends = {each.after for each in history.scale.losses} | set(history.scale.interludes)
        if any(each.on >= told.on and each.category not in ends for each in history.circumstances):
            return True
    return False


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
    if loss.has("told"):
        return f"{loss.text('told')} on {written(lost_on)} ({ago(lost_on, today)})"
    recorded_on = loss.day("recorded_on")
    return (
        f"{capitalised(loss.text('name'))} lost: {loss.text('before')} → {loss.text('after')}, "
        f"recorded {written(recorded_on)} ({ago(recorded_on, today)})"
    )


RULES = (
    Rule(
        id="social.loss",
        title="Home or work lost",
        family=Family.SOCIAL,
        audience=(Audience.CARE_MANAGER,),
        parameters=(),
        source="The losses listed in the instrument's file, and those entered as life events",
        check=_loss,
        words=_loss_words,
        is_news=newly_listed("losses", "domain", "lost_on"),
        version=3,
    ),
)
