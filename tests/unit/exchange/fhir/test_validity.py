"""What we write is FHIR: read back by ``fhir.resources`` (R4B), with the rules of US Core that it does not know."""

from __future__ import annotations

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.questionnaire import Questionnaire

from registry.exchange.fhir.administration import Standing
from registry.exchange.fhir.bundle import bundle
from registry.exchange.fhir.observations import observations
from registry.exchange.fhir.questionnaire import questionnaire
from registry.exchange.fhir.terms import OBSERVATION_CATEGORY, Resource, Terms
from registry.measures.instrument import Instrument
from registry.measures.scoring import score_total
from tests.fhir_samples import INSTRUMENTS, RECORDED_AT, SHIPPED, told
from tests.filled_forms import cases, forms

ONE_IN = 8
"""Of the forms in which one item is missing, so many are read back by the library, which takes its time. All of them
keep the rules of US Core below, and are scored by NLM's program in ``make lforms``."""

every_instrument = pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda each: f"{each.id} {each.version}")


@every_instrument
@pytest.mark.parametrize("base", ["", "https://registry.clinic.example/fhir"])
def test_every_questionnaire_is_one(instrument: Instrument, base: str) -> None:
    written = questionnaire(instrument, Terms(base))

    read = Questionnaire.model_validate(written)

    assert (read.status, read.version, read.title) == ("active", instrument.version, instrument.title)
    assert read.copyright == instrument.licence.notice
    link_ids = [item["linkId"] for item in written["item"]]
    assert len(link_ids) == len(set(link_ids)) == len(instrument.items) + len(instrument.scales)


@every_instrument
def test_every_measurement_is_a_sound_bundle(instrument: Instrument) -> None:
    lowest, highest, *others = forms(instrument, by_chance=2)
    for form in [lowest, highest, *others[::ONE_IN], *list(cases(instrument))[:2]]:
        made = bundle(told(instrument, form, by_patient=True), Terms(), now=RECORDED_AT)

        _references_resolve(made)
        _without_form, *stored = made["entry"]  # the Questionnaire is checked once, not with every measurement
        Bundle.model_validate(made | {"entry": stored})


@every_instrument
def test_every_observation_keeps_the_rules_of_us_core(instrument: Instrument) -> None:
    for form in forms(instrument, by_chance=2):
        for each in observations(told(instrument, form), Terms()):
            _is_us_core(each)


@pytest.mark.parametrize("standing", Standing)
def test_whatever_became_of_it_the_statuses_are_fhirs(standing: Standing) -> None:
    made = bundle(told(SHIPPED.get("phq-9"), {"1": 1}, standing=standing), Terms(), now=RECORDED_AT)

    Bundle.model_validate(made)


def test_a_total_alone_is_a_sound_bundle_too() -> None:
    phq9 = SHIPPED.get("phq-9")
    made = bundle(told(phq9, None, scoring=score_total(phq9, 14)), Terms(), now=RECORDED_AT)

    Bundle.model_validate(made)
    _references_resolve(made)


def _references_resolve(made: Resource) -> None:
    addresses = [entry["fullUrl"] for entry in made["entry"]]
    assert len(addresses) == len(set(addresses))
    for entry in made["entry"]:
        for name in ("hasMember", "derivedFrom"):
            assert {each["reference"] for each in entry["resource"].get(name, [])} <= set(addresses)


def _is_us_core(observation: Resource) -> None:
    surveys = [
        coding
        for category in observation["category"]
        for coding in category["coding"]
        if (coding["system"], coding["code"]) == (OBSERVATION_CATEGORY, "survey")
    ]
    assert len(surveys) == 1
    assert len(observation["effectiveDateTime"]) == len("2026-03-02")  # us-core-1
    has_value = any(key.startswith("value") for key in observation)
    assert has_value + ("dataAbsentReason" in observation) + ("hasMember" in observation) == 1  # us-core-2
    quantity = observation.get("valueQuantity", {"system": "http://unitsofmeasure.org"})
    assert quantity["system"] == "http://unitsofmeasure.org"  # us-core-3
    assert observation["derivedFrom"]
