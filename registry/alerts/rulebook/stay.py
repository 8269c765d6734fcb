"""While somebody is in a hospital, a crisis house or a jail: who is called there, and whether they still are.

Most rules rest during a stay (``suspension``); these are what it asks for, so nothing rests them.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from registry.alerts.life_facts import Setback
from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Settled, found_together
from registry.alerts.rulebook.phrases import ago, written
from registry.alerts.rulebook.referral import working_days_after
from registry.alerts.rulebook.suspension import Family
from registry.alerts.rulebook.whereabouts import ASK_AFTER, TELL_AFTER, asked_from, open_stays, unknown_from
from registry.alerts.rulebook.worse import newly_listed
from registry.alerts.snapshot import CaseSnapshot, InjectionDue
from registry.life.rules import PLACES, WHOM

ADMISSION = "life.admission"
STILL_IN = "life.still-in"
FORGOTTEN = "life.forgotten"


def _admission(case: CaseSnapshot, clock: Clock, _numbers: Numbers) -> Found | Settled | None:
    """In a stay, and by the next working day nobody has said that the ward, the house or the jail was called.

    Of each stay its own: a call to a pharmacy, or to the other ward, says nothing of it.
    """
    waiting, called_on = [], []
    for stay in open_stays(case.setbacks):
        due_on = working_days_after(stay.began_on, 1)
        if stay.called_on is not None:
            called_on.append(stay.called_on)
        elif clock.has_come(due_on):
            waiting.append((due_on, _stay_facts(stay) | {"injection": next_injection(case.treatment.injections)}))
    if not waiting and called_on:
        return Settled(f"They were called on {written(max(called_on))}")
    return found_together(waiting, under="stays")


def _stay_facts(stay: Setback) -> dict[str, JSON]:
    return {"event": stay.id, "kind": stay.kind, "began_on": stored(stay.began_on)}


def next_injection(injections: Sequence[InjectionDue]) -> dict[str, JSON] | None:
    """The long-acting injection that is due first, whoever will give it."""
    first = min(injections, key=lambda each: (each.due_on, each.label), default=None)
    return None if first is None else {"label": first.label, "due_on": stored(first.due_on)}


def _admission_words(evidence: Evidence, today: date) -> str:
    return "; ".join(_one_admission(each, today) for each in evidence.each("stays"))


def _one_admission(stay: Evidence, today: date) -> str:
    kind, began_on = stay.text("kind"), stay.day("began_on")
    since = f"{written(began_on)} ({ago(began_on, today)})"
    return (
        f"In {PLACES[kind]} since {since}: call the {WHOM[kind]}, send medicines, injection{injection_words(stay)} "
        "and clozapine dates, and say on Life that it is done"
    )


def injection_words(evidence: Evidence) -> str:
    """ " (Haloperidol decanoate due 20 Mar 2026)", to follow the word; nothing where none goes on."""
    if evidence.is_none("injection"):
        return ""
    injection = evidence.part("injection")
    return f" ({injection.text('label')} due {written(injection.day('due_on'))})"


def _still_in(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """Nobody has said for two weeks that the person is still there, or they came out of somewhere else since: a stay
    that is forgotten would silence every rule that rests during one.
    """
    return _asked_about(clock, ((stay, asked_from(stay, case.setbacks, numbers)) for stay in open_stays(case.setbacks)))


def _forgotten(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """Asked for two weeks, and nobody has answered: the lead sees to it that somebody does."""
    return _asked_about(
        clock, ((stay, unknown_from(stay, case.setbacks, numbers)) for stay in open_stays(case.setbacks))
    )


def _asked_about(clock: Clock, stays: Iterable[tuple[Setback, date]]) -> Found | None:
    """Of the stays, each with the day from which it is asked about, those whose day has come."""
    asked = [(on, _stay_facts(stay) | {"known_on": stored(stay.known_on)}) for stay, on in stays if clock.has_come(on)]
    return found_together(asked, under="stays")


def _still_in_words(evidence: Evidence, today: date) -> str:
    asked = "; ".join(_one_still_in(each, today) for each in evidence.each("stays"))
    return f"{asked}: ask, and say on Life that the person is still there, or that it is over"


def _one_still_in(stay: Evidence, today: date) -> str:
    began_on, known_on = stay.day("began_on"), stay.day("known_on")
    known = "" if known_on == began_on else f", last confirmed {written(known_on)}"
    return f"Still in {PLACES[stay.text('kind')]}? Since {written(began_on)} ({ago(began_on, today)}){known}"


def _forgotten_words(evidence: Evidence, today: date) -> str:
    asked = "; ".join(_one_still_in(each, today) for each in evidence.each("stays"))
    return f"{asked}: nobody has answered, so nothing rests any longer: decide who finds out where the person is"


_ANSWER = "Still there, or It is over, on Life"

RULES = (
    Rule(
        id=ADMISSION,
        title="Admitted or in jail",
        family=Family.LIFE,
        audience=(Audience.CARE_MANAGER,),
        parameters=(),
        source="Registry decision: a ward or a jail that knows the medicines from the first working day on",
        check=_admission,
        words=_admission_words,
        is_news=newly_listed("stays", "event"),
        version=2,
    ),
    Rule(
        id=STILL_IN,
        title="Still there?",
        family=Family.LIFE,
        audience=(Audience.CARE_MANAGER,),
        parameters=(ASK_AFTER,),
        source="Registry decision: most rules rest during a stay, so nobody may forget that one is over",
        check=_still_in,
        words=_still_in_words,
        is_news=newly_listed("stays", "event", "known_on"),
        version=3,
        ends_with=_ANSWER,
    ),
    Rule(
        id=FORGOTTEN,
        title="Nobody knows whether still there",
        family=Family.LIFE,
        audience=(Audience.CLINIC_LEAD,),
        parameters=(ASK_AFTER, TELL_AFTER),
        source="Registry decision: most rules rest during a stay, so nobody may forget that one is over",
        check=_forgotten,
        words=_forgotten_words,
        version=3,
        ends_with=_ANSWER,
    ),
)
