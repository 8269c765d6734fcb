"""Cases for the rulebook. Days are counted from enrolment; a test sets only what it is about."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from registry.alerts.life_facts import Circumstance, CircumstanceHistory, Setback, Turn
from registry.alerts.parameters import ClinicNumber, Numbers, load
from registry.alerts.physical_facts import Observed, PhysicalFacts
from registry.alerts.psychosis_facts import RatedItem, Rating, TriedAntipsychotic
from registry.alerts.rulebook import Finding, evaluate, rule
from registry.alerts.snapshot import (
    AnswerState,
    CaseSnapshot,
    ContactFacts,
    EpisodeFacts,
    Exposure,
    InjectionDue,
    OpenOrder,
    Phase,
    ReviewFacts,
    SafetyAnswer,
    SafetyFacts,
    SafetyReport,
    TrackedMeasure,
    TreatmentChange,
    TreatmentFacts,
)
from registry.life.rules import GAINS, KINDS, LOSSES
from registry.measures.catalogue import catalogue_at
from registry.measures.course import DatedScore, Target, follow
from registry.measures.psychosis import JudgedAs
from registry.measures.scale import Loss, Rule, Scale
from tests.unit.measures.builders import START, depression_scale, figure

NUMBERS = load()
SHIPPED = catalogue_at(Path(__file__).parents[3] / "instruments")
TARGET = Target(at_most=Decimal(4))


def day(number: int) -> date:
    """The date ``number`` days after enrolment."""
    return START + timedelta(days=number)


def days(numbers: Sequence[int]) -> tuple[date, ...]:
    return tuple(day(number) for number in numbers)


def on_ward(began: int, *, confirmed: int = 500) -> Setback:
    """A stay without an end: the ward was called, and somebody goes on confirming it."""
    return Setback(
        "hospital", KINDS["hospital"], day(began), None, id="ward", confirmed_on=day(confirmed), called_on=day(began)
    )


def episode(phase: Phase = Phase.ACTIVE, **facts: Any) -> EpisodeFacts:
    enrolled: dict[str, Any] = {
        "phase_since": START,
        "referred_on": day(-7),
        "enrolled_on": START,
        "course_started_on": START,
    }
    return EpisodeFacts(phase=phase, **(enrolled | facts))


def mania_scale(**changes: Any) -> Scale:
    """A scale with the numbers of the ASRM: elevated from 6, and no published reliable change."""
    return depression_scale(
        **(
            {
                "name": "Mania",
                "maximum": Decimal(20),
                "bands": (),
                "cutoff": figure(6),
                "response": None,
                "improved_level": None,
                "reliable_change": None,
                "target": figure(5),
            }
            | changes
        )
    )


def measure(scores: dict[int, float], *, scale: Scale | None = None, **facts: Any) -> TrackedMeasure:
    """A measure with scores by day of the course; the PHQ-9 and metric primary unless said otherwise."""
    values: dict[str, Any] = {
        "key": "phq-9:total",
        "label": "PHQ-9",
        "domain": "depression",
        "cadence_days": 28,
        "target": TARGET,
        "is_metric_primary": True,
    } | facts
    scale = scale or depression_scale()
    dated = [DatedScore(on=day(number), value=Decimal(str(value))) for number, value in scores.items()]
    course = follow(dated, scale=scale, starts_on=START, target=values["target"])
    return TrackedMeasure(scale=scale, course=course, **values)


def mania(scores: dict[int, float], *, scale: Scale | None = None, **facts: Any) -> TrackedMeasure:
    values = {
        "key": "asrm:total",
        "label": "ASRM",
        "domain": "mania",
        "is_metric_primary": False,
        "target": None,
    } | facts
    return measure(scores, scale=scale or mania_scale(), **values)


def psychosis(scores: dict[int, float], **facts: Any) -> TrackedMeasure:
    """The BPRS-18 as its file has it: no cut-off, no reliable change, but a response and a level to expect it from."""
    values: dict[str, Any] = {"key": "bprs-18:total", "label": "BPRS-18", "domain": "psychosis", "target": None} | facts
    return measure(scores, scale=SHIPPED.scale("bprs-18:total"), **values)


def rated(
    ratings: dict[int, int], *, judged_as: JudgedAs = JudgedAs.SYMPTOMS, key: str = "bprs-18:12", **facts: Any
) -> RatedItem:
    """One rating by day of the course; hallucinations by the BPRS unless said otherwise."""
    given: dict[str, Any] = {"label": "BPRS-18 hallucinatory behavior", "cadence_days": 28} | facts
    dated = tuple(Rating(day(on), value) for on, value in sorted(ratings.items()))
    return RatedItem(key=key, judged_as=judged_as, ratings=dated, **given)


def answer(
    on: int, state: AnswerState = AnswerState.POSITIVE, *, entered: int | None = None, **facts: Any
) -> SafetyAnswer:
    """Item 9 of a PHQ-9, entered on the day it was answered unless said otherwise."""
    value = {AnswerState.POSITIVE: 1, AnswerState.NEGATIVE: 0}.get(state)
    words = {AnswerState.POSITIVE: "Several days", AnswerState.NEGATIVE: "Not at all"}.get(state)
    given: dict[str, Any] = {"id": f"phq-{on}", "instrument": "PHQ-9", "item_id": "9"} | {
        "value": value,
        "answer": words,
    }
    given |= facts
    return SafetyAnswer(
        on=day(on),
        entered_on=day(on if entered is None else entered),
        item=f"item {given['item_id']}",
        state=state,
        **given,
    )


def screen(on: int, states: str, **facts: Any) -> list[SafetyAnswer]:
    """A screen of as many questions as ``states`` has signs: ``+`` yes, ``-`` no, ``?`` left blank, ``d`` declined."""
    of = {"+": AnswerState.POSITIVE, "-": AnswerState.NEGATIVE, "?": AnswerState.BLANK, "d": AnswerState.DECLINED}
    form = {"id": f"screen-{on}", "instrument": "Screen"} | facts
    return [
        answer(on, of[sign], item_id=str(number), answer=None, **form) for number, sign in enumerate(states, start=1)
    ]


def report(on: int, **facts: Any) -> SafetyReport:
    given: dict[str, Any] = {"id": f"report-{on}", "kind": "threat to others", "said_by": "Ana Ruiz"} | facts
    return SafetyReport(on=day(on), **given)


def order(proposed: int, kind: str = "start", **facts: Any) -> OpenOrder:
    given = {"id": f"order-{proposed}", "text": "Start sertraline 50 mg.", "to": "Dr Okafor"} | facts
    return OpenOrder(proposed_on=day(proposed), kind=kind, **given)


HOUSING = Scale(
    id="housing",
    name="Housing",
    items=("1",),
    rule=Rule.CATEGORY,
    categories=("stable", "unstable", "homeless", "institution"),
    interludes=("institution",),
    losses=(Loss("stable", "unstable"), Loss("stable", "homeless"), Loss("unstable", "homeless")),
)
WORK = Scale(
    id="work",
    name="Work",
    items=("1",),
    rule=Rule.CATEGORY,
    categories=("competitive", "education", "none"),
    losses=(Loss("competitive", "none"),),
)


_DOMAINS = {"housing": "housing", "work": "employment"}


def circumstances(name: str, scale: Scale, spells: dict[int, str]) -> CircumstanceHistory:
    history = tuple(Circumstance(day(number), category, f"“{category}”") for number, category in spells.items())
    return CircumstanceHistory(name, scale, history, domain=_DOMAINS[name])


def turn(on: int, kind: str) -> Turn:
    """A home or a job lost or found, as it is entered on Life."""
    is_loss = kind in LOSSES
    return Turn(day(on), (LOSSES if is_loss else GAINS)[kind], is_loss, KINDS[kind])


def case(**facts: Any) -> CaseSnapshot:
    """An enrolled, active person with nothing on record."""
    given: dict[str, Any] = {"patient_id": "p1", "episode": episode()} | facts
    return CaseSnapshot(**given)


def of_safety(*answers: SafetyAnswer, reports: tuple[SafetyReport, ...] = (), **facts: Any) -> CaseSnapshot:
    return case(safety=SafetyFacts(answers=answers, reports=reports), **facts)


def in_contact(*two_way: int, phase: Phase = Phase.ACTIVE, **facts: Any) -> CaseSnapshot:
    return case(episode=episode(phase), contacts=ContactFacts(two_way_on=days(two_way), **facts))


def measured(*measures: TrackedMeasure, **facts: Any) -> CaseSnapshot:
    return case(measures=measures, **facts)


def reviewed(last: int | None, phase: Phase = Phase.ACTIVE, **facts: Any) -> CaseSnapshot:
    return case(episode=episode(phase), reviews=ReviewFacts(last_on=None if last is None else day(last), **facts))


def finding(rule_id: str, of: CaseSnapshot, on: int, numbers: Numbers = NUMBERS) -> Finding | None:
    """What one rule finds in a case on a day, before contact alerts swallow reminders."""
    return rule(rule_id).verdict(of, day(on), numbers).finding


def tier(rule_id: str, of: CaseSnapshot, on: int, numbers: Numbers = NUMBERS) -> str | None:
    """The tier of what a rule finds, None where it finds nothing: what most tables are about."""
    found = finding(rule_id, of, on, numbers)
    return None if found is None else found.tier.value


def sentence(rule_id: str, of: CaseSnapshot, on: int, numbers: Numbers = NUMBERS) -> str:
    found = finding(rule_id, of, on, numbers)
    assert found is not None, f"{rule_id} finds nothing"
    return found.sentence


def told(of: CaseSnapshot, on: int) -> list[tuple[str, str]]:
    """Everything said about a case on a day, in order."""
    return [(each.rule, each.tier.value) for each in evaluate(of, day(on), NUMBERS).findings]


def injection(due: int, *, last: int | None = None, tried: int | None = None, outcome: str = "") -> InjectionDue:
    """A long-acting injection due on that day."""
    return InjectionDue(
        id="trial-1",
        label="Haloperidol decanoate",
        due_on=day(due),
        last_on=None if last is None else day(last),
        tried_on=None if tried is None else day(tried),
        outcome=outcome,
    )


def antipsychotic(name: str, started: int, stopped: int | None = None, **facts: Any) -> TriedAntipsychotic:
    """One that was taken well, unless said otherwise."""
    given: dict[str, Any] = {"substance": name, "lowest": 90} | facts
    return TriedAntipsychotic(
        name=name, started_on=day(started), stopped_on=None if stopped is None else day(stopped), **given
    )


def treated(*injections: InjectionDue, changes: dict[int, str] | None = None) -> TreatmentFacts:
    """Injections that go on, and changes of treatment by day."""
    dated = tuple(TreatmentChange(day(on), words) for on, words in (changes or {}).items())
    return TreatmentFacts(changes=dated, injections=injections)


def seen(kind: str, on: int, value: float | None = None, *, entered: int | None = None, **facts: Any) -> Observed:
    """An observation of that day, entered the same day unless said otherwise."""
    return Observed(
        id=f"{kind} {on}",
        kind=kind,
        on=day(on),
        entered_on=day(on if entered is None else entered),
        words=f"{value:g}" if value is not None else facts.get("choice", ""),
        value=None if value is None else Decimal(str(value)),
        second=None if "second" not in facts else Decimal(facts["second"]),
        choice=facts.get("choice", ""),
    )


def physical(*observed: Observed) -> PhysicalFacts:
    return PhysicalFacts(tuple(sorted(observed, key=lambda each: each.on, reverse=True)))


def takes(*keys: str, since: int = 0, changes: Sequence[int] = (), last_taken: int | None = None) -> Exposure:
    return Exposure(
        id=keys[0],
        keys=frozenset(keys),
        label=keys[0].capitalize(),
        started_on=day(since),
        changes=tuple(day(on) for on in (since, *changes)),
        last_taken_on=None if last_taken is None else day(last_taken),
    )


def signed(*rules: str) -> Numbers:
    """The numbers of a clinic whose psychiatrist signed for every number of these rules."""
    ids = [id_ for id_ in NUMBERS if id_.rpartition(".")[0] in rules]
    return NUMBERS.at_clinic({id_: ClinicNumber(NUMBERS.parameters[id_].number) for id_ in ids})


def watched(*observed: Observed, exposures: Sequence[Exposure] = (), **facts: Any) -> CaseSnapshot:
    """Somebody with these results, who takes these medicines."""
    return case(physical=physical(*observed), treatment=TreatmentFacts(exposures=tuple(exposures)), **facts)
