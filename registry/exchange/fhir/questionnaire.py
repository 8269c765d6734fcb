"""An instrument as an SDC Questionnaire: its items, and each scale as a score that works itself out."""

from __future__ import annotations

from registry.exchange.fhir.branches import Branches, in_fhirpath
from registry.exchange.fhir.expressions import NoExpression, expression, weights
from registry.exchange.fhir.json_values import without_empty
from registry.exchange.fhir.terms import (
    CALCULATED,
    HIGHEST,
    ITEM_WEIGHT,
    LOWEST,
    OPTION_PREFIX,
    ORDINAL_VALUE,
    SDC_QUESTIONNAIRE,
    Resource,
    Terms,
    link_id,
)
from registry.measures.instrument import Instrument, Item
from registry.measures.scale import Scale

RESPONDENTS = {"self": "the patient", "clinician": "a clinician", "staff": "the staff"}


def questionnaire(instrument: Instrument, terms: Terms) -> Resource:
    """The Questionnaire of one version of an instrument. Its licence stays with it as ``copyright``."""
    branches = Branches(instrument, terms)
    resource = {
        "resourceType": "Questionnaire",
        "id": instrument.id,
        "meta": {"profile": [SDC_QUESTIONNAIRE]},
        "language": instrument.languages[0],
        "url": terms.url("Questionnaire", instrument.id),
        "version": instrument.version,
        "name": instrument.id.replace("-", "_").upper(),
        "title": instrument.title,
        "status": "active",
        "subjectType": ["Patient"],
        "description": _description(instrument),
        "copyright": instrument.licence.notice,
        "code": [terms.instrument(instrument) | {"display": instrument.title}],
        "item": [
            *(_question(branches, item) for item in instrument.items),
            *(_score(instrument, scale, terms) for scale in instrument.scales),
        ],
    }
    kept: Resource = without_empty(resource)
    return kept


def canonical(instrument: Instrument, terms: Terms) -> str:
    """The address of that Questionnaire with its version, as a response names it."""
    return f"{terms.url('Questionnaire', instrument.id)}|{instrument.version}"


def score_type(scale: Scale) -> str:
    """The type of the item that holds a score."""
    if not scale.has_total:
        return "string"
    return "integer" if scale.is_whole else "decimal"


def _description(instrument: Instrument) -> str:
    about = "" if instrument.recall_days is None else f", about the last {instrument.recall_days} days"
    said = f"Completed by {RESPONDENTS[instrument.respondent]}{about}."
    return "\n\n".join([said, *([] if instrument.lead is None else [instrument.lead]), *instrument.citations])


def _question(branches: Branches, item: Item) -> Resource:
    instrument, terms = branches.instrument, branches.terms
    enabling = branches.enabling(item)
    return {
        **enabling,
        "extension": enabling.get("extension", []) + _bounds(item),
        "linkId": item.id,
        "code": [terms.item(instrument, item)],
        "prefix": item.number,
        "text": item.label,
        "type": "integer" if item.is_number else "choice",
        "answerOption": [] if item.is_number else _options(instrument, item, terms),
    }


def _bounds(item: Item) -> list[Resource]:
    if not item.is_number:
        return []
    values = [choice.value for choice in item.choices]
    return [{"url": LOWEST, "valueInteger": min(values)}, {"url": HIGHEST, "valueInteger": max(values)}]


def _options(instrument: Instrument, item: Item, terms: Terms) -> list[Resource]:
    worth = weights(instrument, item)
    options = []
    for choice in item.choices:
        extensions: list[Resource] = [{"url": OPTION_PREFIX, "valueString": str(choice.value)}]
        if choice.value in worth:
            # Before SDC 4 the weight was called ordinalValue; readers of either find theirs.
            extensions += [{"url": url, "valueDecimal": worth[choice.value]} for url in (ITEM_WEIGHT, ORDINAL_VALUE)]
        options.append({"extension": extensions, "valueCoding": terms.answer(instrument, item, choice)})
    return options


def _score(instrument: Instrument, scale: Scale, terms: Terms) -> Resource:
    score: Resource = {
        "linkId": link_id(scale),
        "code": [terms.scale(instrument, scale)],
        "text": scale.name,
        "type": score_type(scale),
        "readOnly": True,
    }
    try:
        calculated = in_fhirpath(expression(instrument, scale, terms))
    except NoExpression as reason:
        return score | {"text": f"{scale.name} (not worked out by this form: {reason})"}
    return {"extension": [{"url": CALCULATED, "valueExpression": calculated}]} | score
