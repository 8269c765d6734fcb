"""Where a person is, as far as anybody has said, and whether that still holds."""

from collections.abc import Iterable
from datetime import date, timedelta

from registry.alerts.life_facts import Setback, Whereabouts
from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.life.rules import is_stay

ASK_AFTER = "life.still-in.ask_after"
TELL_AFTER = "life.still-in.tell_lead_after"


def open_stays(setbacks: Iterable[Setback]) -> list[Setback]:
    """Stays without an end, in the order given."""
    return [each for each in setbacks if is_stay(each.kind) and each.ended_on is None]


def outlasts(stay: Setback, left: Setback) -> bool:
    """Whether a stay without an end still says where the person is, who left somewhere else or was in an emergency
    department.

    It does where it began later, or where somebody said that the person is there after it was entered that they had
    left: said before, it may be the same admission, written down twice. An emergency visit may have ended on the ward.
    """
    if left.ended_on is None:
        return True
    if stay.began_on > left.ended_on or (stay.began_on == left.ended_on and not is_stay(left.kind)):
        return True
    said_at, entered_at = stay.confirmed_at or stay.recorded_at, left.ended_at or left.recorded_at
    return said_at is not None and entered_at is not None and said_at > entered_at


def asked_from(stay: Setback, setbacks: Iterable[Setback], numbers: Numbers) -> date:
    """The day from which the team is asked whether the person is still there: some days after it was last known, or at
    once where they came out of somewhere else and nobody has said so since.
    """
    left = [
        max(each.ended_on, stay.known_on) for each in setbacks if each.ended_on is not None and not outlasts(stay, each)
    ]
    return min([stay.known_on + timedelta(days=numbers.required(ASK_AFTER)), *left])


def unknown_from(stay: Setback, setbacks: Iterable[Setback], numbers: Numbers) -> date:
    """The day from which nobody knows any more whether the person is there: asked for so long, nobody has answered."""
    return asked_from(stay, setbacks, numbers) + timedelta(days=numbers.required(TELL_AFTER))


def known_stays(setbacks: Iterable[Setback], clock: Clock, numbers: Numbers) -> list[Setback]:
    """Where somebody knows the person to be: stays without an end that were told or confirmed lately enough."""
    lived = tuple(setbacks)
    return [
        stay
        for stay in open_stays(lived)
        if clock.has_come(stay.began_on) and not clock.has_come(unknown_from(stay, lived, numbers))
    ]


def resting_since(setbacks: Iterable[Setback], clock: Clock, numbers: Numbers) -> date | None:
    """The first day of the stay that began first of those somebody knows of: most rules rest from it on."""
    return min((stay.began_on for stay in known_stays(setbacks, clock, numbers)), default=None)


def whereabouts(setbacks: Iterable[Setback], clock: Clock, numbers: Numbers) -> Whereabouts | None:
    """Where the person is, by the first stay somebody knows of, else by the first that nobody knows of any more."""
    lived = tuple(setbacks)
    known, told = known_stays(lived, clock, numbers), open_stays(lived)
    if not told:
        return None
    return Whereabouts(known[0], is_known=True) if known else Whereabouts(told[0], is_known=False)
