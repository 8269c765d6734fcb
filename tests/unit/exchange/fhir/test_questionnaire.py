"""An instrument as a Questionnaire: what is said of it, its answers' weights, its branches."""

from __future__ import annotations

from dataclasses import replace

from registry.exchange.fhir.questionnaire import questionnaire
from registry.exchange.fhir.terms import ENABLED_WHEN, ITEM_WEIGHT, LOINC, ORDINAL_VALUE, Resource, Terms
from registry.measures.scale import Prorating
from tests.fhir_samples import EVERY_RULE, SHIPPED
from tests.unit.measures.builders import LITERATURE

PHQ9 = questionnaire(SHIPPED.get("phq-9"), Terms())
ASRM = questionnaire(SHIPPED.get("asrm"), Terms())
MADE_UP = questionnaire(EVERY_RULE, Terms())


def item(form: Resource, link_id: str) -> Resource:
    (found,) = [each for each in form["item"] if each["linkId"] == link_id]
    return dict(found)


def weights(form: Resource, link_id: str, url: str = ITEM_WEIGHT) -> list[int | None]:
    """What each answer adds, in the order of the form."""
    return [
        next((each["valueDecimal"] for each in option["extension"] if each["url"] == url), None)
        for option in item(form, link_id)["answerOption"]
    ]


def test_loinc_codes_are_told_where_the_file_has_them() -> None:
    assert PHQ9["code"][0]["code"] == "44249-1"
    assert item(PHQ9, "9")["code"] == [{"system": LOINC, "code": "44260-8"}]
    assert item(PHQ9, "score:total")["code"] == [{"system": LOINC, "code": "44261-6"}]
    assert [option["valueCoding"]["code"] for option in item(PHQ9, "difficulty")["answerOption"]] == [
        "LA6572-7",
        "LA6573-5",
        "LA6575-0",
        "LA6574-3",
    ]


def test_what_has_no_loinc_code_is_named_in_our_own_system() -> None:
    ours = Terms().system

    assert ours.startswith("urn:uuid:")
    assert item(ASRM, "3")["code"] == [{"system": ours, "code": "asrm/3"}]
    assert item(ASRM, "score:total")["code"] == [{"system": ours, "code": "asrm:total"}]
    assert item(ASRM, "3")["answerOption"][2]["valueCoding"] == {
        "system": ours,
        "code": "asrm/1/2",
        "display": "Answer 2",
    }


def test_a_code_of_another_list_is_never_called_loinc() -> None:
    employment = questionnaire(SHIPPED.get("employment"), Terms())

    assert {option["valueCoding"]["system"] for option in item(employment, "work")["answerOption"]} == {Terms().system}


def test_an_installation_can_name_its_resources_by_its_own_address() -> None:
    form = questionnaire(SHIPPED.get("asrm"), Terms("https://registry.clinic.example/fhir"))

    assert form["url"] == "https://registry.clinic.example/fhir/Questionnaire/asrm"
    assert form["item"][0]["code"][0]["system"] == "https://registry.clinic.example/fhir/CodeSystem/measures"


def test_wording_stays_where_the_licence_keeps_it() -> None:
    assert item(PHQ9, "1")["text"] == "Little interest or pleasure in doing things"
    assert item(ASRM, "1")["text"] == "Item 1"
    assert ASRM["copyright"] == SHIPPED.get("asrm").licence.notice


def test_weights_are_what_an_answer_adds_under_the_new_name_and_the_old() -> None:
    assert weights(PHQ9, "1") == weights(PHQ9, "1", ORDINAL_VALUE) == [0, 1, 2, 3]
    assert weights(MADE_UP, "b") == [3, 2, 1, 0]
    assert weights(MADE_UP, "c") == [0, 2, 4]


def test_what_is_never_added_has_no_weight() -> None:
    assert weights(PHQ9, "difficulty") == [None] * 4
    assert weights(MADE_UP, "d") == [None, 1, 2]
    assert weights(MADE_UP, "home") == [None] * 3


def test_a_number_is_an_integer_within_its_bounds() -> None:
    days = item(MADE_UP, "days")

    assert (days["type"], [each["valueInteger"] for each in days["extension"]]) == ("integer", [0, 30])


def test_a_plain_branch_is_told_as_enable_when() -> None:
    after = item(MADE_UP, "after")

    assert after["enableBehavior"] == "all"
    assert [(each["question"], each["operator"], each["answerCoding"]["display"]) for each in after["enableWhen"]] == [
        ("gate", "!=", "Never"),
        ("gate", "!=", "Sometimes"),
    ]


def test_a_branch_that_counts_or_rests_on_another_is_told_as_an_expression() -> None:
    for link_id in ("second", "third"):
        assert "enableWhen" not in item(MADE_UP, link_id)
        assert item(MADE_UP, link_id)["extension"][0]["url"] == ENABLED_WHEN


def test_a_score_nobody_can_say_in_fhirpath_says_so_and_is_left_to_us() -> None:
    pair = EVERY_RULE.scale("pair")
    made_up_for = replace(pair, prorating=Prorating(1, LITERATURE))
    form = questionnaire(replace(EVERY_RULE, scales=(made_up_for,)), Terms())

    score = item(form, "score:pair")
    assert "extension" not in score
    assert score["readOnly"]
    assert score["text"].startswith("One of two (not worked out by this form: ")
