"""What a person's medicines ask to be looked at, when it was, and which values are beyond what they should be.

Nothing here knows today: every answer is a day, or a value as it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from registry.alerts.parameters import Numbers
from registry.alerts.physical_facts import Observed, PhysicalFacts
from registry.alerts.protocols import Protocol, protocols
from registry.alerts.rulebook.phrases import written
from registry.alerts.snapshot import Exposure, TreatmentFacts
from registry.physical.catalogue import Check, catalogue

_GRACE = "medication.due.grace"
COUNT = "anc"
"""The neutrophil count, which clozapine is given by."""
_ANC, _ANC_BEN = "medication.out-of-range.anc", "medication.out-of-range.anc_ben"
_LOW = (
    ("medication.critical.anc", "medication.critical.anc_ben", "medication.due.anc_very_low"),
    (_ANC, _ANC_BEN, "medication.due.anc_low"),
)
"""Below which limit, or which with benign ethnic neutropenia, a neutrophil count is repeated after how many days."""
_AFTER_STOP = "medication.due.anc_after_stop"
LOW_PARAMETERS = (*(every for _, _, every in _LOW), _AFTER_STOP)
BASELINE = "medication.due.baseline"
"""How many days before a medicine began a check still counts as its first."""


@dataclass(frozen=True, slots=True)
class CheckDue:
    """A check that medicines ask for: the day it is due, the day from which it is late, the last time it was done.

    ``every``: so many days lie between two.
    """

    check: Check
    asked_by: str
    due_on: date
    late_on: date
    last_on: date | None
    every: int
    is_done: bool = False
    """Done since the medicine began or was changed, and not only not due yet."""


@dataclass(frozen=True, slots=True)
class OutOfRange:
    """A value beyond a threshold, and which: ``said`` as "Lithium level 1.3 mmol/L, above 1.2"."""

    observed: Observed
    said: str


def last_done(check: Check, physical: PhysicalFacts) -> date | None:
    """The last day on which a check was done, by an observation or a form."""
    kinds = (*check.observations, *check.instruments)
    return max((each.on for kind in kinds for each in physical.by_kind.get(kind, ())), default=None)


def checks_due(treatment: TreatmentFacts, physical: PhysicalFacts, *, since: date, numbers: Numbers) -> list[CheckDue]:
    """Each check that running medicines ask for, once, as the medicine asks that wants it soonest.

    ``since`` is the day the care here began: what was never done is due from then on at the earliest.
    """
    soonest: dict[str, CheckDue] = {}
    for exposure in treatment.exposures:
        for protocol in protocols():
            if protocol.exposure not in exposure.keys:
                continue
            due = _due(protocol, exposure, physical, since, numbers)
            if due is not None and (protocol.check not in soonest or due.due_on < soonest[protocol.check].due_on):
                soonest[protocol.check] = due
    for exposure in treatment.stopped_clozapine:
        due = _due_after_stop(exposure, physical, since, numbers)
        if due is not None and COUNT not in soonest:
            soonest[COUNT] = due
    return sorted(soonest.values(), key=lambda each: (each.due_on, each.check.name))


def _due(
    protocol: Protocol, exposure: Exposure, physical: PhysicalFacts, since: date, numbers: Numbers
) -> CheckDue | None:
    check, began_on = catalogue().checks[protocol.check], exposure.started_on
    last_on = last_done(check, physical)
    counts = last_on is not None and last_on >= began_on - timedelta(days=numbers.required(BASELINE))
    from_on = max(began_on, last_on) if counts and last_on is not None else max(began_on, since)
    every = protocol.interval((from_on - began_on).days, numbers)
    if every is None:
        return None
    due_on = from_on + timedelta(days=every) if counts else from_on
    after = None if protocol.after_change is None else numbers.get(protocol.after_change)
    changed_on = _unanswered_change(protocol, exposure, last_on, numbers)
    if after is not None and changed_on is not None:
        changed_due = max(changed_on, since) + timedelta(days=after)
        due_on = min(due_on, changed_due) if counts else changed_due
        every = after
    repeat = _repeat_after(protocol.check, physical, numbers)
    if repeat is not None and counts and last_on is not None:
        due_on, every = min(due_on, last_on + timedelta(days=repeat)), repeat
    late_on = due_on + timedelta(days=1 + every * (numbers.get(_GRACE) or 0) // 100)
    is_done = counts and repeat is None and (after is None or changed_on is None)
    return CheckDue(check, exposure.label, due_on, late_on, last_on, every, is_done)


def _repeat_after(check: str, physical: PhysicalFacts, numbers: Numbers) -> int | None:
    """Days after which a neutrophil count is repeated because it was low; None of one that was not, and of the rest."""
    if check != COUNT:
        return None
    return next(
        (numbers.required(every) for limit, ben, every in _LOW if anc_below(physical, numbers, limit, ben)), None
    )


def _due_after_stop(exposure: Exposure, physical: PhysicalFacts, since: date, numbers: Numbers) -> CheckDue | None:
    """The repeat of a low count, where clozapine was stopped: that is what it is stopped for."""
    last, repeat = physical.latest(COUNT), _repeat_after(COUNT, physical, numbers)
    if last is None or repeat is None or exposure.stopped_on is None or last.on < exposure.started_on:
        return None
    due_on = last.on + timedelta(days=repeat)
    if not since <= due_on <= exposure.stopped_on + timedelta(days=numbers.required(_AFTER_STOP)):
        return None
    label = f"{exposure.label}, stopped"
    return CheckDue(catalogue().checks[COUNT], label, due_on, due_on + timedelta(days=1), last.on, repeat)


def counted_again_after(treatment: TreatmentFacts, physical: PhysicalFacts, numbers: Numbers) -> int | None:
    """Days after which a low neutrophil count is repeated; None where it is not low, or no clozapine asks for it."""
    if any("clozapine" in each.keys for each in treatment.exposures):
        return _repeat_after(COUNT, physical, numbers)
    stopped = (_due_after_stop(each, physical, date.min, numbers) for each in treatment.stopped_clozapine)
    return next((each.every for each in stopped if each is not None), None)


def _unanswered_change(protocol: Protocol, exposure: Exposure, last_on: date | None, numbers: Numbers) -> date | None:
    """The first change of which no check spoke yet: the next change of dose does not put off what is due."""
    settled = 0 if protocol.speaks_after is None else numbers.get(protocol.speaks_after) or 0
    spoken_to = None if last_on is None else last_on - timedelta(days=settled)
    return next((on for on in exposure.changes if spoken_to is None or on > spoken_to), None)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit of a kind of value: the parameter it is kept in, in so many ``parts`` of the unit.

    ``beyond`` is "below", "above" or "at or above". ``only_on``: it says nothing of whoever takes no such medicine.
    """

    kind: str
    parameter: str
    beyond: str
    parts: int = 1
    is_second: bool = False
    only_on: str = ""

    def is_passed(self, value: Decimal, limit: Decimal) -> bool:
        """Whether the value is beyond the limit."""
        if self.beyond == "below":
            return value < limit
        return value > limit or (self.beyond == "at or above" and value == limit)


_FROM = "at or above"
_RANGES = (
    Threshold("lithium", "medication.out-of-range.lithium_high", "above", parts=10),
    Threshold("lithium", "medication.out-of-range.lithium_low", "below", parts=10, only_on="lithium"),
    Threshold("valproate", "medication.out-of-range.valproate_high", "above"),
    Threshold("valproate", "medication.out-of-range.valproate_low", "below", only_on="valproate"),
    Threshold("blood-pressure", "medication.out-of-range.systolic", _FROM),
    Threshold("blood-pressure", "medication.out-of-range.diastolic", _FROM, is_second=True),
    Threshold("glucose", "medication.out-of-range.glucose", _FROM),
    Threshold("hba1c", "medication.out-of-range.hba1c", _FROM, parts=10),
)
CRITICAL = (
    Threshold("lithium", "medication.critical.lithium", _FROM, parts=10),
    Threshold("qtc", "medication.critical.qtc", _FROM),
)
"""Beside the neutrophils, whose limit depends on the person."""

_GAIN = "medication.out-of-range.weight_gain"
_FOLLOWED_WITHIN = "medication.out-of-range.followed_within"
_FIRST_WEIGHT_WITHIN = "medication.out-of-range.first_weight_within"
RANGE_PARAMETERS = (
    _ANC,
    _ANC_BEN,
    *(each.parameter for each in _RANGES),
    _GAIN,
    _FOLLOWED_WITHIN,
    BASELINE,
    _FIRST_WEIGHT_WITHIN,
)


def out_of_range(treatment: TreatmentFacts, physical: PhysicalFacts, numbers: Numbers) -> list[OutOfRange]:
    """The last value of each kind where it is beyond a limit; what is critical is among them."""
    found = list(beyond(_RANGES, treatment, physical, numbers))
    found += anc_below(physical, numbers, _ANC, _ANC_BEN)
    found += _weight_gain(treatment, physical, numbers)
    one_each = {each.observed.id: each for each in reversed(found)}
    return sorted(one_each.values(), key=lambda each: (each.observed.on, each.observed.id))


def beyond(
    thresholds: tuple[Threshold, ...], treatment: TreatmentFacts, physical: PhysicalFacts, numbers: Numbers
) -> Iterator[OutOfRange]:
    """The last values beyond any of these limits; of several of one day the furthest."""
    taken = {key for exposure in treatment.exposures for key in exposure.keys}
    for each in thresholds:
        last = physical.furthest(each.kind, is_low=each.beyond == "below", is_second=each.is_second)
        parts = numbers.get(each.parameter)
        if last is None or parts is None or (each.only_on and each.only_on not in taken):
            continue
        value, limit = last[0], Decimal(parts) / each.parts
        if each.is_passed(value, limit):
            yield _said(last[1], f"{each.beyond} {limit:f}")


def anc_below(physical: PhysicalFacts, numbers: Numbers, parameter: str, parameter_ben: str) -> list[OutOfRange]:
    """The last neutrophil count, of several of one day the lowest, where it is below the limit of this person.

    The lower limit holds only where benign ethnic neutropenia is established: that nobody asked is no yes.
    """
    last, ben = physical.furthest(COUNT, is_low=True), physical.latest("ben")
    is_established = ben is not None and ben.choice == "yes"
    limit = numbers.get(parameter_ben if is_established else parameter)
    if last is None or limit is None or last[0] >= limit:
        return []
    return [_said(last[1], f"below {limit}{' (benign ethnic neutropenia)' if is_established else ''}")]


def _weight_gain(treatment: TreatmentFacts, physical: PhysicalFacts, numbers: Numbers) -> list[OutOfRange]:
    """Heavier by so many percent than when an antipsychotic began that is taken, or that another followed.

    Another one added, or taken instead, takes nothing off the weight: the first that was gained on is told.
    """
    percent, last = numbers.get(_GAIN), physical.latest("weight")
    if percent is None or last is None or last.value is None:
        return []
    for began_on in _antipsychotics_began(treatment, numbers):
        first = _first_weight(physical, began_on, numbers)
        if first is None or first.value is None or first.on >= last.on:
            continue
        gained = (last.value - first.value) * 100 / first.value
        if gained >= percent:
            words = f"{gained:.0f} % above {first.words} of {written(first.on)}, when the antipsychotic began"
            return [_said(last, words)]
    return []


def _antipsychotics_began(treatment: TreatmentFacts, numbers: Numbers) -> list[date]:
    """The starts of the antipsychotics taken, and of those they followed soon enough, earliest first.

    An oral one that became an injection is followed so.
    """
    within = timedelta(days=numbers.required(_FOLLOWED_WITHIN))
    began = {each.started_on for each in treatment.exposures if "antipsychotic" in each.keys}
    stopped = [(each.started_on, each.stopped_on) for each in treatment.antipsychotics if each.stopped_on is not None]
    for started_on, stopped_on in sorted(stopped, key=lambda each: each[1], reverse=True):
        if any(started_on <= on <= stopped_on + within for on in began):
            began.add(started_on)
    return sorted(began)


def _first_weight(physical: PhysicalFacts, began_on: date, numbers: Numbers) -> Observed | None:
    """The last weight before a medicine began that counts as its first, else the first soon after."""
    first_on = began_on - timedelta(days=numbers.required(BASELINE))
    last_on = began_on + timedelta(days=numbers.required(_FIRST_WEIGHT_WITHIN))
    weights = [each for each in physical.observed if each.kind == "weight"]
    before = [each for each in weights if first_on <= each.on <= began_on]
    after = [each for each in weights if began_on < each.on <= last_on]
    return before[0] if before else (after[-1] if after else None)


def _said(observed: Observed, limit: str) -> OutOfRange:
    return OutOfRange(observed, f"{catalogue().kinds[observed.kind].name} {observed.words}, {limit}")
