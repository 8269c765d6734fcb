"""A measurement as a response and observations: what is missing, refused, not asked, corrected, withdrawn."""

from __future__ import annotations

import json
from datetime import timedelta, timezone

from registry.exchange.fhir.administration import Administration, Standing
from registry.exchange.fhir.bundle import bundle
from registry.exchange.fhir.observations import observations
from registry.exchange.fhir.response import response
from registry.exchange.fhir.terms import LOINC, Resource, Terms
from registry.measures.answers import DECLINED, Answer
from registry.measures.scoring import score_total
from tests.fhir_samples import EVERY_RULE, PATIENT, RECORDED_AT, SHIPPED, told
from tests.filled_forms import possible

PHQ9 = SHIPPED.get("phq-9")
ASRM = SHIPPED.get("asrm")
HOUSING = SHIPPED.get("hmis-living-situation")


def phq9(*values: Answer, **others: Answer) -> dict[str, Answer]:
    return {str(number): value for number, value in enumerate(values, start=1)} | others


def told_of(administration: Administration, code: str) -> Resource:
    """The observation with this code."""
    (found,) = [each for each in observations(administration, Terms()) if each["code"]["coding"][0]["code"] == code]
    return found


def lines(administration: Administration) -> dict[str, Resource]:
    return {each["linkId"]: each for each in response(administration, Terms())["item"]}


MODERATE = told(PHQ9, phq9(3, 3, 3, 1, 0, 0, 0, 0, 0))


def test_a_response_names_its_form_with_the_version_and_the_day_of_service() -> None:
    written = response(MODERATE, Terms())

    assert written["questionnaire"] == f"{Terms().url('Questionnaire', 'phq-9')}|1"
    assert written["authored"] == "2026-03-02"
    assert written["subject"] == {"reference": f"Patient/{PATIENT}", "type": "Patient"}


def test_answers_and_scores_stand_in_the_response() -> None:
    written = lines(MODERATE)

    assert written["1"]["answer"] == [
        {"valueCoding": {"system": LOINC, "code": "LA6571-9", "display": "Nearly every day"}}
    ]
    assert written["score:total"]["answer"] == [{"valueInteger": 10}]


def test_a_score_is_a_quantity_with_its_band() -> None:
    total = told_of(MODERATE, "44261-6")

    assert total["valueQuantity"] == {
        "value": 10,
        "unit": "{score}",
        "system": "http://unitsofmeasure.org",
        "code": "{score}",
    }
    assert total["interpretation"] == [{"text": "moderate"}]
    assert "performer" not in total


def test_the_panel_has_every_item_and_score_and_no_value() -> None:
    panel, *members = observations(MODERATE, Terms())

    assert panel["code"]["coding"][0] == {"system": LOINC, "code": "44249-1"}
    assert [each["reference"] for each in panel["hasMember"]] == [f"urn:uuid:{each['id']}" for each in members]
    assert len(members) == 10
    assert not [key for key in panel if key.startswith("value")]


def test_a_blank_item_withholds_the_total_and_is_no_zero() -> None:
    blank = told(PHQ9, phq9(1, 2, 3, 0, 1, None, 2, 3, 0))

    assert "6" not in lines(blank)
    assert "score:total" not in lines(blank)
    assert told_of(blank, "44258-2")["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert told_of(blank, "44261-6")["dataAbsentReason"]["text"] == "item 6 has no answer"
    assert not [key for key in told_of(blank, "44261-6") if key.startswith("value")]


def test_a_declined_item_says_so_in_both() -> None:
    declined = told(PHQ9, phq9(0, 0, 0, 0, 0, 0, 0, 0, DECLINED))

    assert lines(declined)["9"]["extension"][0]["valueCode"] == "asked-declined"
    assert "answer" not in lines(declined)["9"]
    assert told_of(declined, "44260-8")["dataAbsentReason"]["coding"][0]["code"] == "asked-declined"


def test_an_optional_item_left_blank_is_not_told() -> None:
    assert "69722-7" not in {each["code"]["coding"][0]["code"] for each in observations(MODERATE, Terms())}


def test_an_item_that_was_not_asked_is_no_answer_of_the_patient() -> None:
    form = possible(EVERY_RULE, {item.id: item.choices[0].value for item in EVERY_RULE.items})
    not_asked = told(EVERY_RULE, form | {"after": None})

    assert "after" not in lines(not_asked)
    absent = told_of(not_asked, "every-rule/after")["dataAbsentReason"]
    assert absent["coding"][0]["code"] == "not-asked"


def test_an_answer_that_is_no_information_has_no_value() -> None:
    not_assessed = told(EVERY_RULE, {"d": 0})

    assert lines(not_assessed)["d"]["answer"][0]["valueCoding"]["display"] == "Not assessed"
    assert told_of(not_assessed, "every-rule/d")["dataAbsentReason"]["text"] == "Not assessed"


def test_a_prorated_score_is_marked() -> None:
    prorated = told_of(told(ASRM, phq9(1, 1, 1, 1, None)), "asrm:total")

    assert prorated["valueQuantity"]["value"] == 5
    assert prorated["note"] == [{"text": "Prorated: no answer to item 5"}]


def test_decimals_carry_no_binary_noise() -> None:
    written = response(told(EVERY_RULE, {"a": 0, "b": 3, "c": 1, "lines": 10}), Terms())

    assert '"valueDecimal": 1.3}' in json.dumps(written)


def test_a_category_is_a_concept_and_housing_a_social_determinant() -> None:
    street = told(HOUSING, {"living": 116})
    category = told_of(street, "hmis-living-situation:housing")

    assert category["valueCodeableConcept"]["coding"][0]["code"] == "hmis-living-situation:housing/homeless"
    assert [each["coding"][0]["code"] for each in category["category"]] == ["survey", "sdoh"]


def test_a_total_alone_has_no_items() -> None:
    alone = told(PHQ9, None, scoring=score_total(PHQ9, 14))

    assert list(lines(alone)) == ["score:total"]
    assert len(observations(alone, Terms())) == 2


def test_what_is_withdrawn_or_corrected_says_so_in_every_resource() -> None:
    for standing, expected in (
        (Standing.VOID, {"entered-in-error"}),
        (Standing.CORRECTION, {"amended"}),
        (Standing.FINAL, {"completed", "final"}),
    ):
        made = bundle(told(PHQ9, phq9(1, 1), standing=standing), Terms(), now=RECORDED_AT)
        statuses = {
            each["resource"]["status"] for each in made["entry"] if each["resource"]["resourceType"] != "Questionnaire"
        }
        assert statuses == expected


def test_the_patients_own_answers_are_said_to_be_theirs() -> None:
    own = told(PHQ9, phq9(1), by_patient=True)

    assert response(own, Terms())["source"] == own.patient
    assert told_of(own, "44250-9")["performer"] == [own.patient]
    assert "source" not in response(MODERATE, Terms())


def test_instants_are_told_in_utc() -> None:
    eastern = RECORDED_AT.astimezone(timezone(timedelta(hours=-5)))

    assert told_of(told(PHQ9, phq9(1), recorded_at=eastern), "44249-1")["issued"] == "2026-03-03T14:05:00+00:00"


def test_two_exports_of_one_measurement_are_the_same_resources() -> None:
    first, second = (bundle(MODERATE, Terms(), now=RECORDED_AT + timedelta(days=day)) for day in (0, 1))

    assert first["entry"] == second["entry"]
