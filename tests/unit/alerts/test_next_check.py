"""The next check date is exact: looking only then finds what looking every day finds."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from registry.alerts.life_facts import Setback, Turn
from registry.alerts.parameters import ClinicNumber, Numbers
from registry.alerts.physical_facts import PhysicalFacts
from registry.alerts.rulebook import Evaluation, Finding, evaluate, words
from registry.alerts.snapshot import (
    AnswerState,
    CaseSnapshot,
    ContactFacts,
    EpisodeFacts,
    LegalStatusFacts,
    Permission,
    Phase,
    PlanFacts,
    ReviewFacts,
    SafetyFacts,
    TransferFacts,
    TreatmentChange,
    TreatmentFacts,
    WithdrawnConsent,
)
from registry.life.rules import REASONS
from registry.measures.course import Target
from tests.examples import examples
from tests.unit.alerts.cases import (
    HOUSING,
    NUMBERS,
    answer,
    antipsychotic,
    case,
    circumstances,
    day,
    days,
    episode,
    injection,
    mania,
    measure,
    order,
    physical,
    psychosis,
    rated,
    report,
    seen,
    takes,
    turn,
)
from tests.unit.measures.builders import depression_scale

DAYS_SWEPT = 200
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)

past = st.integers(-30, 0)
began = st.integers(-30, 20)
offsets = st.integers(-30, 150)
scores = st.dictionaries(st.integers(0, 60), st.integers(0, 27).map(float), max_size=5)
ratings = st.dictionaries(st.integers(0, 60), st.integers(1, 7), max_size=4)
adherence = st.sampled_from([None, 60, 80, 100])
adopted = NUMBERS.at_clinic(
    {
        "engage.referred.urgent": ClinicNumber(1),
        "engage.referred.routine": ClinicNumber(10),
        "review.due.maintaining": ClinicNumber(60),
        "engage.no-contact.decide": ClinicNumber(None),
        "safety.screen-due.active": ClinicNumber(90),
        "plan.step-down.apart": ClinicNumber(28),
        "medication.critical.qtc": ClinicNumber(500),
        "medication.critical.clozapine_missed": ClinicNumber(48),
        "medication.critical.restart_warning": ClinicNumber(7),
        "plan.step-down.settled": ClinicNumber(56),
        "treatment.inertia.after": ClinicNumber(70),
        **{
            id_: ClinicNumber(NUMBERS.parameters[id_].number)
            for id_ in NUMBERS
            if id_.startswith("treatment.clozapine-question.")
        },
        "target.psychosis.percent": ClinicNumber(20),
        "target.psychosis.points": ClinicNumber(5),
        "target.psychosis.symptom_level": ClinicNumber(4),
        "target.psychosis.symptom_rise": ClinicNumber(2),
    }
)


@st.composite
def episodes(draw: st.DrawFn) -> EpisodeFacts | None:
    phase = draw(st.sampled_from([None, *Phase]))
    if phase is None:
        return None
    paused_until = day(draw(offsets)) if phase is Phase.PAUSED and draw(st.booleans()) else None
    return episode(
        phase,
        enrolled_on=None if phase is Phase.REFERRED else day(draw(past)),
        phase_since=day(draw(past)),
        paused_until=paused_until,
        is_urgent=draw(st.booleans()),
        phase_before_pause=draw(st.sampled_from([None, Phase.ENGAGING, Phase.ACTIVE, Phase.MAINTAINING])),
    )


@st.composite
def setbacks(draw: st.DrawFn) -> tuple[Setback, ...]:
    """A stay, over or not, and a visit to an emergency department."""
    stays = [
        Setback(
            kind,
            kind,
            day(on),
            draw(st.none() | st.just(day(on + 9))),
            id=kind,
            confirmed_on=draw(st.none() | st.just(day(on + 5))),
            called_on=draw(st.none() | st.just(day(on + 1))),
            recorded_at=NOON,
            ended_at=draw(st.sampled_from([None, NOON])),
            confirmed_at=draw(st.sampled_from([None, NOON + timedelta(hours=1)])),
        )
        for kind, on in draw(st.dictionaries(st.sampled_from(["jail", "hospital"]), began, max_size=2)).items()
    ]
    visits = [
        Setback("emergency", "emergency", day(on), day(on), id="visit", reason=draw(st.sampled_from(list(REASONS))))
        for on in draw(st.lists(past, max_size=2))
    ]
    return (*stays, *visits)


@st.composite
def turns(draw: st.DrawFn) -> tuple[Turn, ...]:
    """Homes and jobs lost and found, as somebody told it."""
    kinds = st.sampled_from(["home-lost", "home-found", "job-lost"])
    return tuple(turn(on, draw(kinds)) for on in draw(st.lists(past, max_size=2)))


@st.composite
def treatments(draw: st.DrawFn) -> TreatmentFacts:
    """Medicines whose checks are asked for, and an injection that may lapse."""
    medicines = draw(st.dictionaries(st.sampled_from(["clozapine", "lithium", "antipsychotic"]), past, max_size=2))
    given = draw(st.lists(past, max_size=1))
    return TreatmentFacts(
        changes=tuple(
            TreatmentChange(day(on), "changed", is_beside=draw(st.booleans()))
            for on in draw(st.lists(past, max_size=2))
        ),
        exposures=tuple(
            takes(key, since=on, last_taken=draw(st.none() | st.just(on + 5))) for key, on in medicines.items()
        ),
        stopped_clozapine=tuple(
            replace(takes("clozapine", since=-30), stopped_on=day(on)) for on in draw(st.lists(past, max_size=1))
        ),
        injections=tuple(replace(injection(on + 28, last=on), restart_on=day(on + 42)) for on in given),
        antipsychotics=tuple(
            antipsychotic(name, draw(past), draw(st.none() | st.integers(1, 60)), lowest=draw(adherence))
            for name in ("risperidone", "olanzapine")
        ),
    )


@st.composite
def bodies(draw: st.DrawFn) -> PhysicalFacts:
    kinds = draw(st.dictionaries(st.sampled_from(["anc", "lithium", "weight", "qtc"]), past, max_size=3))
    return physical(*(seen(kind, on, draw(st.sampled_from([0, 1, 80, 900, 2000]))) for kind, on in kinds.items()))


@st.composite
def cases(draw: st.DrawFn) -> CaseSnapshot:
    safety = SafetyFacts(
        answers=tuple(
            answer(on, draw(st.sampled_from(AnswerState)), entered=on + draw(st.integers(0, 30)), id=f"m{number}")
            for number, on in enumerate(draw(st.lists(past, max_size=3)))
        ),
        reports=tuple(report(on) for on in draw(st.lists(past, max_size=1))),
    )
    primary = measure(
        draw(scores),
        cadence_days=draw(st.sampled_from([7, 28, 56])),
        scale=depression_scale(reliable_change=None) if draw(st.booleans()) else None,
        target=draw(st.sampled_from([None, Target(at_most=Decimal(4)), Target(at_most=Decimal(12), hold=True)])),
    )
    total = psychosis(
        {on: 18 + value for on, value in draw(scores).items()},
        target=draw(st.sampled_from([None, Target(at_most=Decimal(30))])),
    )
    beside = measure(draw(scores), key="gad", label="GAD-7", is_metric_primary=False, on_request=draw(st.booleans()))
    seen = draw(st.none() | offsets)
    return case(
        episode=draw(episodes()),
        safety=safety,
        contacts=ContactFacts(
            two_way_on=days(draw(st.lists(offsets, max_size=3))),
            attempts_on=days(draw(st.lists(offsets, max_size=3))),
            seen_on=None if seen is None else day(seen),
        ),
        measures=draw(
            st.sampled_from([(), (primary,), (primary, beside), (primary, beside, mania(draw(scores))), (total,)])
        ),
        psychosis=tuple(rated(each) for each in draw(st.lists(ratings, max_size=1))),
        reviews=ReviewFacts(
            last_on=draw(st.none() | past.map(day)),
            look_again_on=draw(st.none() | offsets.map(day)),
            undecided=tuple(order(on) for on in draw(st.lists(past, max_size=2))),
            undone=tuple(order(on, decided_on=day(on)) for on in draw(st.lists(past, max_size=2))),
            treatment_changed_on=draw(st.none() | past.map(day)),
        ),
        circumstances=(
            circumstances(
                "housing",
                HOUSING,
                draw(st.dictionaries(past, st.sampled_from(list(HOUSING.categories)), max_size=3)),
            ),
        ),
        consent_withdrawn=draw(st.none() | st.builds(WithdrawnConsent, past.map(day), st.just("the person"))),
        plans=PlanFacts(
            safety_on=day(-30),
            safety_review_on=draw(st.none() | offsets.map(day)),
            relapse_on=day(-30),
            relapse_review_on=draw(st.none() | offsets.map(day)),
        ),
        legal_status=LegalStatusFacts("Commitment", day(draw(past)), draw(st.none() | offsets.map(day))),
        transfer=draw(
            st.none() | st.builds(TransferFacts, st.just("Mill"), st.booleans(), past.map(day), past.map(day))
        ),
        permissions=tuple(
            Permission("Rosa Vega, guardian", is_release=False, ends_on=day(on))
            for on in draw(st.sets(offsets, max_size=2))
        ),
        setbacks=draw(setbacks()),
        turns=draw(turns()),
        treatment=draw(treatments()),
        physical=draw(bodies()),
        died_on=draw(st.sampled_from([None, None, None, day(0)])),
    )


def unaged(finding: Finding) -> tuple[object, ...]:
    """A finding without what a day alone may change: the counts in its words."""
    return finding.rule, finding.tier, finding.evidence, finding.since, finding.audience, finding.version


def conclusions(evaluation: Evaluation) -> tuple[object, ...]:
    unsaid = [(unaged(each.finding), each.by) for each in evaluation.swallowed]
    return [unaged(each) for each in evaluation.findings], unsaid, evaluation.settled


@examples(30)
@given(of=cases(), numbers=st.sampled_from([NUMBERS, adopted]))
def test_looking_only_on_the_next_check_date_finds_what_looking_every_day_finds(
    of: CaseSnapshot, numbers: Numbers
) -> None:
    last_look = evaluate(of, day(0), numbers)
    for number in range(1, DAYS_SWEPT + 1):
        today: date = day(number)
        every_day = evaluate(of, today, numbers)
        if last_look.next_check_on is not None and last_look.next_check_on <= today:
            last_look = every_day

        assert conclusions(last_look) == conclusions(every_day), today
        for then, now in zip(last_look.findings, every_day.findings, strict=True):
            assert words(then.rule, then.evidence, today) == now.sentence


@examples(30)
@given(of=cases(), on=st.integers(150, DAYS_SWEPT))
def test_the_next_check_date_lies_ahead_and_a_finding_is_true_since_a_day_that_has_come(
    of: CaseSnapshot, on: int
) -> None:
    evaluation = evaluate(of, day(on), NUMBERS)

    assert evaluation.next_check_on is None or evaluation.next_check_on > day(on)
    for finding in evaluation.findings:
        assert finding.since <= day(on)
        assert finding.next_check_on is None or finding.next_check_on > day(on)
