"""Where a person is, as far as anybody has said, and whether that still holds."""

from collections.abc import Iterable
from datetime import date, timedelta

from registry.alerts.life_facts import Setback
from registry.alerts.parameters import Numbers
from registry.life.rules import is_stay

ASK_AFTER = "life.still-in.ask_after"


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
