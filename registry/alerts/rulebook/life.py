"""Out of a hospital, a crisis house or a jail, or home from an emergency visit: whoever comes out is spoken with in the
days and weeks of the highest risk. Nothing rests these.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from registry.alerts.life_facts import Setback
from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Settled, Tier
from registry.alerts.rulebook.phrases import ago, capitalised, count, written
from registry.alerts.rulebook.stay import injection_words, next_injection
from registry.alerts.rulebook.suspension import Family
from registry.alerts.rulebook.whereabouts import known_stays, outlasts
from registry.alerts.snapshot import CaseSnapshot, EpisodeFacts
from registry.life.rules import PLACES, REASONS, is_stay

TRANSITION = "life.transition"
UNREACHED = "life.unreached"

_LOUDER_AFTER = f"{TRANSITION}.louder_after"
_TELL_AFTER = f"{TRANSITION}.tell_lead_after"
_SECOND_WITHIN = f"{TRANSITION}.second_within"
_REMIND_BEFORE = f"{TRANSITION}.remind_before"

_FOLLOWED_UP = frozenset(REASONS) - {"other"}
"""Reasons of an emergency visit that call for a contact after it. One that is not known is not "other"."""


@dataclass(frozen=True, slots=True)
class _Left:
    """The last discharge, release or visit, the day, and the later days on which somebody spoke with the person.

    ``since`` is the day of the first that nobody has spoken with the person after, the last itself where somebody has:
    what is late goes by it, so that who is out again, or in an emergency department again, is never asked for later.
    """

    event: Setback
    on: date
    since: date
    spoken_on: Sequence[date]

    @property
    def facts(self) -> dict[str, JSON]:
        return {
            "event": self.event.id,
            "kind": self.event.kind,
            "reason": self.event.reason or None,
            "left_on": stored(self.on),
            "unspoken_since": stored(self.since),
        }


def _left(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> _Left | None:
    """None where nobody left anything in this episode or the month before it, or the person is known to be in a stay.

    A stay without an end is none that nobody has confirmed for so long that nothing rests in it; nor one that began
    before and that nobody has confirmed since the end was entered: one admission may have been written down twice.

    Of several the last speaks: whoever speaks with the person after it has done so after all of them. The day itself
    does not count, as in HEDIS FUH.
    """
    if case.episode is None:
        return None
    since = _begun_on(case.episode) - timedelta(days=numbers.get(_SECOND_WITHIN) or 0)
    ended = [(left_on, each.id, each) for left_on, each in _ends(case, clock) if left_on >= since]
    if not ended:
        return None
    left_on, _, event = max(ended, key=lambda each: each[:2])
    if any(outlasts(stay, event) for stay in known_stays(case.setbacks, clock, numbers)):
        return None
    last_on = max(case.contacts.two_way_on, default=date.min)
    unspoken = [on for on, _, _ in ended if on >= last_on]
    spoken_on = sorted({day for day in case.contacts.two_way_on if day > left_on})
    return _Left(event, left_on, min(unspoken, default=left_on), spoken_on)


def _ends(case: CaseSnapshot, clock: Clock) -> Iterator[tuple[date, Setback]]:
    """Ends of stays, and the visits that call for a contact, each with its day."""
    for each in case.setbacks:
        if each.ended_on is None or not (is_stay(each.kind) or each.reason in _FOLLOWED_UP):
            continue
        if clock.has_come(each.ended_on):
            yield each.ended_on, each


def _begun_on(episode: EpisodeFacts) -> date:
    return episode.referred_on or episode.enrolled_on or episode.phase_since


def _transition(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | Settled | None:
    """Discharged, released, or sent home from an emergency visit that calls for it, and not spoken with since.

    A second contact, on another day, is due within the month.
    """
    left = _left(case, clock, numbers)
    if left is None:
        return None
    if not left.spoken_on:
        return _unspoken(case, clock, numbers, left)
    second = _second_contact(clock, numbers, left) if len(left.spoken_on) == 1 else None
    return second or Settled(f"Two-way contact on {written(left.spoken_on[-1])}")


def _unspoken(case: CaseSnapshot, clock: Clock, numbers: Numbers, left: _Left) -> Found:
    seen_on = case.contacts.seen_on
    return Found(
        tier=Tier.ACTION,
        evidence=left.facts
        | {
            "spoken_on": None,
            "last_on": stored(max((day for day in case.contacts.two_way_on if day <= left.on), default=None)),
            "seen_on": stored(seen_on) if seen_on is not None and seen_on > left.on else None,
            "seen_by": case.contacts.seen_by,
            "injection": next_injection(case.treatment.injections),
            "is_late": _is_over(numbers.get(_LOUDER_AFTER), left, clock),
            "is_told": _is_over(numbers.get(_TELL_AFTER), left, clock),
        },
        since=left.since,
    )


def _is_over(days: int | None, left: _Left, clock: Clock) -> bool:
    return days is not None and clock.has_come(left.since + timedelta(days=days))


def _second_contact(clock: Clock, numbers: Numbers, left: _Left) -> Found | None:
    within = numbers.get(_SECOND_WITHIN)
    if within is None:
        return None
    limit_on = left.on + timedelta(days=within)
    remind_on = limit_on - timedelta(days=numbers.get(_REMIND_BEFORE) or 0)
    if not clock.has_come(remind_on):
        return None
    return Found(
        tier=Tier.ACTION if clock.has_come(limit_on) else Tier.REMINDER,
        evidence=left.facts | {"spoken_on": stored(left.spoken_on[0]), "limit_on": stored(limit_on)},
        since=remind_on,
    )


def _transition_words(evidence: Evidence, today: date) -> str:
    begun = _begun_words(evidence, today)
    if not evidence.is_none("spoken_on"):
        limit_on = evidence.day("limit_on")
        verb = "was due" if today > limit_on else "due"
        return (
            f"{begun}, one two-way contact since ({written(evidence.day('spoken_on'))}): second {verb} by "
            f"{written(limit_on)}"
        )
    return "; ".join(_not_spoken_words(begun, evidence, today))


def _not_spoken_words(begun: str, evidence: Evidence, today: date) -> Iterator[str]:
    last_on, seen_on = evidence.optional_day("last_on"), evidence.optional_day("seen_on")
    before = "none before" if last_on is None else f"last {written(last_on)}"
    seen = "" if seen_on is None else f", seen by {evidence.text('seen_by')} {ago(seen_on, today)}"
    how = "reach the person today, in person if nobody answers" if evidence.flag("is_late") else "reach the person"
    yield f"{begun}, no two-way contact since{_first_words(evidence)} ({before}){seen}: {how}"
    if evidence.flag("is_told"):
        yield "the lead is told"
    yield f"check injection{injection_words(evidence)} and supply of medicines"


def _first_words(evidence: Evidence) -> str:
    """ " 1 May 2026", to follow "since": of several in a row the day of the first."""
    since = evidence.day("unspoken_since")
    return "" if since == evidence.day("left_on") else f" {written(since)}"


def _begun_words(evidence: Evidence, today: date) -> str:
    left_on = evidence.day("left_on")
    said = left_words(evidence.text("kind"), evidence.optional_text("reason"))
    return f"{said} {ago(left_on, today)} ({written(left_on)})"


def left_words(kind: str, reason: str | None) -> str:
    """What happened, to be followed by when: "Discharged from psychiatric hospital", "Emergency visit (overdose)"."""
    if is_stay(kind):
        return f"{'Released' if kind == 'jail' else 'Discharged'} from {PLACES[kind]}"
    return f"{capitalised(PLACES[kind])} ({REASONS[reason or 'unknown'].lower()})"


def _unreached(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """A week after it nobody has spoken with the person: the lead sees to it that somebody does."""
    left, after = _left(case, clock, numbers), numbers.get(_TELL_AFTER)
    if left is None or left.spoken_on or after is None or not _is_over(after, left, clock):
        return None
    attempts = sum(day > left.since for day in case.contacts.attempts_on)
    return Found(
        tier=Tier.ACTION,
        evidence=left.facts | {"attempts": attempts},
        since=left.since + timedelta(days=after),
    )


def _unreached_words(evidence: Evidence, today: date) -> str:
    attempts = evidence.whole("attempts")
    tried = f"{count(attempts, 'attempt')} failed" if attempts else "no attempt on record"
    since = f"since{_first_words(evidence)}"
    return f"{_begun_words(evidence, today)} and nobody has spoken with the person {since} ({tried}): decide who goes"


def _is_news(told: Evidence, now: Evidence) -> bool:
    """Out, or in an emergency department, once more; or now so late that somebody has to go."""
    return now.day("left_on") > told.day("left_on") or (_is_late(now) and not _is_late(told))


def _is_late(evidence: Evidence) -> bool:
    """False of a second contact, whose evidence says nothing of it."""
    return evidence.has("is_late") and evidence.flag("is_late")


_CONTACT = "a two-way contact"

RULES = (
    Rule(
        id=TRANSITION,
        title="After discharge or release",
        family=Family.LIFE,
        audience=(Audience.CARE_MANAGER,),
        parameters=(_LOUDER_AFTER, _TELL_AFTER, _SECOND_WITHIN, _REMIND_BEFORE),
        source="Follow-up 1 to 7 and 1 to 30 days after discharge (HEDIS FUH and FUM, measurement year 2025)",
        check=_transition,
        words=_transition_words,
        is_news=_is_news,
        version=5,
        must_be_heard=True,
        ends_with=_CONTACT,
    ),
    Rule(
        id=UNREACHED,
        title="Not reached after discharge",
        family=Family.LIFE,
        audience=(Audience.CLINIC_LEAD,),
        parameters=(_TELL_AFTER, _SECOND_WITHIN),
        source="Follow-up 1 to 7 days after discharge (HEDIS FUH and FUM, measurement year 2025)",
        check=_unreached,
        words=_unreached_words,
        is_news=_is_news,
        version=5,
        ends_with=_CONTACT,
    ),
)
