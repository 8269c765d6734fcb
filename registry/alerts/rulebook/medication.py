"""What is critical for a medicine today, and what is out of range."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from registry.alerts.parameters import Numbers
from registry.alerts.rulebook.clock import Clock
from registry.alerts.rulebook.evidence import JSON, Evidence, stored
from registry.alerts.rulebook.finding import Audience, Found, Rule, Settled, Tier, found_together
from registry.alerts.rulebook.monitoring import (
    COUNT,
    LOW_PARAMETERS,
    RANGE_PARAMETERS,
    OutOfRange,
    anc_below,
    beyond,
    counted_again_after,
    out_of_range,
)
from registry.alerts.rulebook.monitoring import CRITICAL as CRITICAL_LIMITS
from registry.alerts.rulebook.phrases import ago, written
from registry.alerts.rulebook.suspension import Family
from registry.alerts.rulebook.worse import newly_listed
from registry.alerts.snapshot import CaseSnapshot, Phase

CRITICAL_ID = "medication.critical"
OUT_OF_RANGE_ID = "medication.out-of-range"

_ANC, _ANC_BEN = f"{CRITICAL_ID}.anc", f"{CRITICAL_ID}.anc_ben"
_LOOK_BACK = f"{CRITICAL_ID}.look_back"
_PREGNANCY = f"{CRITICAL_ID}.pregnancy"
_MISSED = f"{CRITICAL_ID}.clozapine_missed"
_RESTART = f"{CRITICAL_ID}.restart_warning"
_AGAIN = f"{CRITICAL_ID}.again"
_RANGE_LOOK_BACK = f"{OUT_OF_RANGE_ID}.look_back"
_RANGE_AGAIN = f"{OUT_OF_RANGE_ID}.again"


def is_over(case: CaseSnapshot) -> bool:
    """Whether nobody is in care whose medicines somebody here answers for."""
    return case.episode is None or case.episode.phase is Phase.ENDED


# What is critical


@dataclass(frozen=True, slots=True)
class Danger:
    """Something to act on today. ``id`` names what it rests on.

    ``result`` is the observation; empty where nothing was observed, the ``id`` itself where a value alone is a danger.
    ``again_after``: days after which it is to be measured again, where its medicine says so.
    """

    id: str
    said: str
    on: date
    since: date
    result: str = ""
    again_after: int | None = None

    @property
    def facts(self) -> Mapping[str, JSON]:
        return {
            "id": self.id,
            "said": self.said,
            "on": stored(self.on),
            "again_after": self.again_after,
            "is_value": self.id == self.result,
        }


def _critical(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | Settled | None:
    """A value that is dangerous, or a medicine that is: pregnancy on valproate, clozapine missed, an injection lapsing.

    The last value speaks, for a quarter of a year, however late it was entered: nobody has measured since. Of whoever
    nobody asked about benign ethnic neutropenia the general limit holds. Once care has ended only what was entered
    after that is news to whoever answers at the clinic.
    """
    if case.episode is None:
        return None
    dangers = list(critical_now(case, clock, numbers))
    if is_over(case):
        dangers = [each for each in dangers if each.result in case.physical.entered_after_end]
    else:
        dangers += lapses(case, clock, numbers)
    if not dangers:
        lapsed = [f"{each.said} ({written(each.observed.on)})" for each in _last_critical(case, numbers)]
        return Settled(f"Not measured again since: {'; '.join(lapsed)}") if lapsed else None
    return Found(
        tier=Tier.URGENT,
        evidence={
            "dangers": [each.facts for each in sorted(dangers, key=lambda each: each.id)],
            "ended_on": stored(case.episode.ended_on),
        },
        since=min(each.since for each in dangers),
    )


def critical_now(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> list[Danger]:
    """What was observed and is dangerous, on or off any list: the last values, and a pregnancy on valproate."""
    return [*_values(case, clock, numbers), *_pregnancy(case, clock, numbers)]


def unsettled(told: Iterable[Mapping[str, Any]], case: CaseSnapshot, numbers: Numbers) -> Iterator[Mapping[str, Any]]:
    """Of the dangers an alert told of, those that no later value settles and nobody has struck through.

    What rests on a medicine as well as on a day is not settled by a value.
    """
    last = {each.observed.id for each in _last_critical(case, numbers)}
    return (each for each in told if each["id"] in last or not each["is_value"])


def _last_critical(case: CaseSnapshot, numbers: Numbers) -> list[OutOfRange]:
    """The last values that are critical, however long ago."""
    return [
        *anc_below(case.physical, numbers, _ANC, _ANC_BEN),
        *beyond(CRITICAL_LIMITS, case.treatment, case.physical, numbers),
    ]


def _values(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Iterator[Danger]:
    for each in _last_critical(case, numbers):
        observed = each.observed
        if not clock.has_come(observed.on + timedelta(days=numbers.required(_LOOK_BACK) + 1)):
            yield Danger(
                id=observed.id,
                said=each.said,
                on=observed.on,
                since=max(observed.on, observed.entered_on),
                result=observed.id,
                again_after=_again_after(each, case, numbers),
            )


def _again_after(each: OutOfRange, case: CaseSnapshot, numbers: Numbers) -> int | None:
    return counted_again_after(case.treatment, case.physical, numbers) if each.observed.kind == COUNT else None


def _pregnancy(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Iterator[Danger]:
    """Pregnant by what was entered last, while valproate is taken."""
    said = case.physical.of_last_day("pregnancy")
    last = next((each for each in said if each.choice == "pregnant"), None)
    taken = [each for each in case.treatment.exposures if "valproate" in each.keys]
    if last is None or not taken:
        return
    if not clock.has_come(last.on + timedelta(days=numbers.required(_PREGNANCY))):
        since = max(last.on, last.entered_on, *(each.started_on for each in taken))
        yield Danger(f"{last.id} {taken[0].id}", f"Pregnant and on {taken[0].label}", last.on, since, result=last.id)


def lapses(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Iterator[Danger]:
    """Clozapine not taken for so long that it must not simply be resumed; an injection soon to be started anew."""
    hours, warning = numbers.get(_MISSED), numbers.get(_RESTART)
    for exposure in case.treatment.exposures:
        missed_on = exposure.last_taken_on
        if hours is not None and missed_on is not None:
            since = missed_on + timedelta(days=-(-hours // 24))
            if clock.has_come(since):
                said = f"{exposure.label} not taken since: re-titrate, do not resume"
                yield Danger(f"{exposure.id} {missed_on}", said, missed_on, since)
    for injection in case.treatment.injections:
        if warning is not None and injection.restart_on is not None:
            since = injection.restart_on - timedelta(days=warning)
            if clock.has_come(since):
                said = f"{injection.label} has to be started anew from {written(injection.restart_on)}, last given"
                yield Danger(f"{injection.id} {injection.restart_on}", said, injection.last_on or since, since)


def _critical_words(evidence: Evidence, today: date) -> str:
    said = "; ".join(f"{each.text('said')} ({_day_words(each, today)})" for each in evidence.each("dangers"))
    if evidence.has("past"):
        return f"{said}. {evidence.text('past')}: close it with what was done"
    if not evidence.is_none("ended_on"):
        said = f"{said}; care here ended on {written(evidence.day('ended_on'))}"
    return f"{said}: act today"


def _day_words(each: Evidence, today: date) -> str:
    return f"{written(each.day('on'))}, {ago(each.day('on'), today)}"


# What is out of range


def _out_of_range(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> Found | None:
    """The last value of its kind is beyond its threshold; what is critical is told as that, and not here too."""
    if numbers.get(_RANGE_LOOK_BACK) is None or is_over(case):
        return None
    found: list[tuple[date, Mapping[str, JSON]]] = [
        (
            max(each.observed.on, each.observed.entered_on),
            {
                "id": each.observed.id,
                "said": each.said,
                "on": stored(each.observed.on),
                "again_after": _again_after(each, case, numbers),
            },
        )
        for each in out_of_range_now(case, clock, numbers)
    ]
    return found_together(found, under="values")


def out_of_range_now(case: CaseSnapshot, clock: Clock, numbers: Numbers) -> list[OutOfRange]:
    """The last values beyond a limit that are not critical (any more), one for each, as far back as they speak."""
    look_back = timedelta(days=(numbers.get(_RANGE_LOOK_BACK) or numbers.parameters[_RANGE_LOOK_BACK].number) + 1)
    critical = {each.id for each in _values(case, clock, numbers)}
    known = out_of_range(case.treatment, case.physical, numbers)
    ids = {each.observed.id for each in known}
    known += [each for each in _last_critical(case, numbers) if each.observed.id not in ids]
    return [
        each for each in known if each.observed.id not in critical and not clock.has_come(each.observed.on + look_back)
    ]


def _range_words(evidence: Evidence, today: date) -> str:
    return "; ".join(f"{each.text('said')} ({_day_words(each, today)})" for each in evidence.each("values"))


CRITICAL = Rule(
    id=CRITICAL_ID,
    title="Critical for a medicine",
    family=Family.MEDICATION,
    audience=(Audience.CLINICIAN, Audience.DUTY, Audience.CARE_MANAGER),
    parameters=(
        _ANC,
        _ANC_BEN,
        *(each.parameter for each in CRITICAL_LIMITS),
        _PREGNANCY,
        _MISSED,
        _RESTART,
        _LOOK_BACK,
        _AGAIN,
        *LOW_PARAMETERS,
    ),
    source="Labels of clozapine, lithium and valproate; each number says its own",
    check=_critical,
    words=_critical_words,
    version=5,
    is_news=newly_listed("dangers", "id"),
    must_be_heard=True,
    rests_for=_AGAIN,
    waits=lambda evidence: evidence.fewest("dangers", "again_after"),
)
OUT_OF_RANGE = Rule(
    id=OUT_OF_RANGE_ID,
    title="Result out of range",
    family=Family.MEDICATION,
    audience=(Audience.CLINICIAN,),
    parameters=(*RANGE_PARAMETERS, _RANGE_LOOK_BACK, _RANGE_AGAIN, *LOW_PARAMETERS),
    source="Labels, NICE CG185, ADA/APA 2004 and ADA Standards; each number says its own",
    check=_out_of_range,
    words=_range_words,
    version=5,
    is_news=newly_listed("values", "id"),
    must_be_heard=True,
    rests_for=_RANGE_AGAIN,
    waits=lambda evidence: evidence.fewest("values", "again_after"),
)
