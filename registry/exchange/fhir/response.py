"""A measurement as a QuestionnaireResponse: what was answered, and the scores it came to."""

from __future__ import annotations

from collections.abc import Iterator

from registry.exchange.fhir.administration import Administration
from registry.exchange.fhir.json_values import plain_number, without_empty
from registry.exchange.fhir.questionnaire import canonical, score_type
from registry.exchange.fhir.terms import DATA_ABSENT, US_CORE_RESPONSE, Resource, Terms, link_id
from registry.measures.answers import DECLINED
from registry.measures.instrument import Item
from registry.measures.scale import Scale


def response(told: Administration, terms: Terms) -> Resource:
    """The answers in the order of the form. A blank item is absent, a refused one says so; neither is ever 0."""
    resource = {
        "resourceType": "QuestionnaireResponse",
        "id": str(told.id),
        "meta": {"profile": [US_CORE_RESPONSE]},
        "questionnaire": canonical(told.instrument, terms),
        "status": told.standing.value[0],
        "subject": told.patient,
        "authored": told.taken_on.isoformat(),
        "source": told.patient if told.by_patient else None,
        "item": [*_answered(told, terms), *_scored(told)],
    }
    kept: Resource = without_empty(resource)
    return kept


def _answered(told: Administration, terms: Terms) -> Iterator[Resource]:
    given = told.answers or {}
    for item in told.instrument.items:
        answer = given.get(item.id)
        if answer is None:
            continue
        line: Resource = {"linkId": item.id, "text": item.label}
        if answer is DECLINED:
            yield {"extension": [{"url": DATA_ABSENT, "valueCode": "asked-declined"}]} | line
        elif isinstance(answer, int):
            yield line | {"answer": [_value(told, item, answer, terms)]}


def _value(told: Administration, item: Item, answer: int, terms: Terms) -> Resource:
    choice = item.choice(answer)
    if item.is_number or choice is None:
        return {"valueInteger": answer}
    return {"valueCoding": terms.answer(told.instrument, item, choice)}


def _scored(told: Administration) -> Iterator[Resource]:
    for scale in told.instrument.scales:
        answer = _score(told, scale)
        if answer:
            yield {"linkId": link_id(scale), "text": scale.name, "answer": [answer]}


def _score(told: Administration, scale: Scale) -> Resource:
    """A score as the Questionnaire's own item would hold it; nothing where it is withheld."""
    result = told.scoring.scores[scale.id]
    if result.value is not None:
        return {f"value{score_type(scale).capitalize()}": plain_number(result.value)}
    return {} if result.category is None else {"valueString": result.category}
