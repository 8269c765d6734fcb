"""A measurement as US Core screening observations: a panel, an observation an item, and one a score.

What is missing is an observation without a value that says why, never a value of 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from registry.exchange.fhir.administration import Administration, reference
from registry.exchange.fhir.json_values import plain_number, without_empty
from registry.exchange.fhir.terms import (
    ABSENT_REASON,
    OBSERVATION_CATEGORY,
    UCUM,
    US_CORE_CATEGORIES,
    US_CORE_CATEGORY,
    US_CORE_OBSERVATION,
    Resource,
    Terms,
)
from registry.measures.answers import DECLINED
from registry.measures.instrument import Item
from registry.measures.scale import Scale
from registry.measures.scoring import Score


def observations(told: Administration, terms: Terms) -> list[Resource]:
    """The panel first; it has every other as a member."""
    items = {item.id: each for item in told.instrument.items if (each := _item(told, item, terms))}
    scores = [
        _score(told, scale, terms, [each for key, each in items.items() if key in scale.items])
        for scale in told.instrument.scales
    ]
    members = [*items.values(), *scores]
    return [_panel(told, terms, members), *members]


def _panel(told: Administration, terms: Terms, members: Sequence[Resource]) -> Resource:
    coding, title = terms.instrument(told.instrument), told.instrument.title
    return _observation(told, "panel", coding, title, hasMember=[reference(each) for each in members])


def _item(told: Administration, item: Item, terms: Terms) -> Resource | None:
    """What one question brought; None for one that did not have to be answered and was not."""
    value = _answer(told, item, terms)
    if not value:
        return None
    performer = [told.patient] if told.by_patient else []
    coding, text = terms.item(told.instrument, item), item.label
    return _observation(told, f"item/{item.id}", coding, text, performer=performer, **value)


def _answer(told: Administration, item: Item, terms: Terms) -> Resource:
    if told.answers is None:
        return {}
    answer = told.answers.get(item.id)
    if item.id in told.scoring.skipped:
        return _absent("not-asked", "An earlier answer answers it")
    if answer is DECLINED:
        return _absent("asked-declined", "Declined")
    if not isinstance(answer, int):
        return _absent("unknown", "No answer") if item.id in told.scoring.missing else {}
    choice = item.choice(answer)
    if item.is_number or choice is None:
        return {"valueInteger": answer}
    if choice.is_missing:
        return _absent("unknown", choice.label)
    return {"valueCodeableConcept": {"coding": [terms.answer(told.instrument, item, choice)], "text": choice.label}}


def _score(told: Administration, scale: Scale, terms: Terms, items: Sequence[Resource]) -> Resource:
    result = told.scoring.scores[scale.id]
    return _observation(
        told,
        f"score/{scale.id}",
        terms.scale(told.instrument, scale),
        scale.name,
        derived_from=[reference(each) for each in items],
        interpretation=[{"text": result.band}] if result.band and result.value is not None else [],
        note=[{"text": text} for text in _notes(told, scale, result)],
        **_result(told, scale, result, terms),
    )


def _notes(told: Administration, scale: Scale, result: Score) -> Iterator[str]:
    if result.prorated:
        yield _prorated(told, result)
    if scale.is_profile and result.category is not None:
        yield f"The highest of these ratings, side by side: {result.category}"
    if scale.is_comparison and result.value is not None:
        yield "A comparison with the start of this course, not a level"


def _result(told: Administration, scale: Scale, result: Score, terms: Terms) -> Resource:
    if result.value is not None:
        score = "{score}"
        return {"valueQuantity": {"value": plain_number(result.value), "unit": score, "system": UCUM, "code": score}}
    if result.category is None:
        return _absent("unknown", result.why_withheld or "")
    coding = terms.category(told.instrument, scale, result.category)
    return {"valueCodeableConcept": {"coding": [coding], "text": result.band or result.category}}


def _prorated(told: Administration, result: Score) -> str:
    numbers = ", ".join(told.instrument.item(item_id).number for item_id in result.missing)
    return f"Prorated: no answer to item {numbers}"


def _absent(code: str, why: str) -> Resource:
    return {"dataAbsentReason": {"coding": [{"system": ABSENT_REASON, "code": code}], "text": why}}


def _observation(
    told: Administration,
    name: str,
    coding: Resource,
    text: str,
    *,
    derived_from: Sequence[Resource] = (),
    **more: object,
) -> Resource:
    resource = {
        "resourceType": "Observation",
        "id": str(told.part(name)),
        "meta": {"profile": [US_CORE_OBSERVATION]},
        "status": told.standing.value[1],
        "category": list(_categories(told)),
        "code": {"coding": [coding], "text": text},
        "subject": told.patient,
        "effectiveDateTime": told.taken_on.isoformat(),
        "issued": told.recorded,
        "derivedFrom": [*derived_from, told.reference],
        **more,
    }
    kept: Resource = without_empty(resource)
    return kept


def _categories(told: Administration) -> Iterator[Resource]:
    yield {"coding": [{"system": OBSERVATION_CATEGORY, "code": "survey", "display": "Survey"}]}
    more = US_CORE_CATEGORIES.get(told.instrument.domain)
    if more is not None:
        yield {"coding": [{"system": US_CORE_CATEGORY, "code": more}]}
