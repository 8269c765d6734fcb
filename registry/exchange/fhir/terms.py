"""The addresses and codes FHIR resources speak with: LOINC where an instrument file has one, else this registry's own.

Profiles and extensions as in US Core 9.0.0 and SDC 4.0.0.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from registry.measures.instrument import Choice, Instrument, Item
from registry.measures.scale import Scale

Resource: TypeAlias = dict[str, Any]
"""A FHIR resource or a part of one: what it holds is fixed by the specification and checked in the tests."""

LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
OBSERVATION_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
US_CORE_CATEGORY: Final = "http://hl7.org/fhir/us/core/CodeSystem/us-core-category"
ABSENT_REASON: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

SDC_QUESTIONNAIRE: Final = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire"
US_CORE_RESPONSE: Final = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-questionnaireresponse|9.0.0"
US_CORE_OBSERVATION: Final = (
    "http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-screening-assessment|9.0.0"
)

ITEM_WEIGHT: Final = "http://hl7.org/fhir/StructureDefinition/itemWeight"
ORDINAL_VALUE: Final = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
OPTION_PREFIX: Final = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionPrefix"
CALCULATED: Final = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
ENABLED_WHEN: Final = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression"
LOWEST: Final = "http://hl7.org/fhir/StructureDefinition/minValue"
HIGHEST: Final = "http://hl7.org/fhir/StructureDefinition/maxValue"
DATA_ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

US_CORE_CATEGORIES: Final[Mapping[str, str]] = {
    "housing": "sdoh",
    "employment": "sdoh",
    "social": "sdoh",
    "function": "functional-status",
}
"""Domain of an instrument → the category US Core has for it beside ``survey``."""

_LOINC_CODE: Final = re.compile(r"(LA)?[0-9]{1,7}-[0-9]")
"""As LOINC writes a term (44249-1) and an answer (LA6568-5)."""

_NAMESPACE: Final = uuid.UUID("5f0c8a52-6f1e-4c43-9b0e-6d2f4a7f3e11")


@dataclass(frozen=True, slots=True)
class Terms:
    """How an installation names what has no public name.

    ``base`` is its web address, such as ``https://registry.clinic.example/fhir``. Without one, names are UUIDs
    worked out of what they name, the same in every installation: no domain is claimed that is not ours.
    """

    base: str = ""

    def url(self, kind: str, name: str) -> str:
        """The canonical address of a resource of ours, such as ``("Questionnaire", "phq-9")``."""
        path = f"{kind}/{name}"
        return f"{self.base}/{path}" if self.base else f"urn:uuid:{uuid.uuid5(_NAMESPACE, path)}"

    @property
    def system(self) -> str:
        """Our code system. Its codes: ``asrm``, its item ``asrm/3``, an answer ``asrm/3/0``, a score ``asrm:total``."""
        return self.url("CodeSystem", "measures")

    def instrument(self, instrument: Instrument) -> Resource:
        """The coding of an instrument as a whole."""
        return self._coding(instrument.code, instrument.id)

    def item(self, instrument: Instrument, item: Item) -> Resource:
        """The coding of a question."""
        return self._coding(item.code, f"{instrument.id}/{item.id}")

    def scale(self, instrument: Instrument, scale: Scale) -> Resource:
        """The coding of a score."""
        return self._coding(scale.code, instrument.scale_key(scale))

    def category(self, instrument: Instrument, scale: Scale, category: str) -> Resource:
        """The coding of what a scale without numbers concludes."""
        return self._coding(None, f"{instrument.scale_key(scale)}/{category}")

    def answer(self, instrument: Instrument, item: Item, choice: Choice) -> Resource:
        """The coding of an answer. Items with the same list of answers share its codes, named by the first of them."""
        first = next(each for each in instrument.items if each.choices == item.choices)
        own = f"{instrument.id}/{first.id}/{choice.value}"
        return self._coding(choice.code, own) | {"display": choice.label}

    def answer_codes(self, instrument: Instrument, item: Item) -> dict[int, str]:
        """Each value an item offers → the code of that answer."""
        return {choice.value: self.answer(instrument, item, choice)["code"] for choice in item.choices}

    def _coding(self, public: str | None, own: str) -> Resource:
        """An instrument file also keeps codes of other lists, such as a government data standard's: those stay ours."""
        is_loinc = public is not None and _LOINC_CODE.fullmatch(public) is not None
        return {"system": LOINC, "code": public} if is_loinc else {"system": self.system, "code": own}


def link_id(scale: Scale) -> str:
    """The ``linkId`` of a score. Those of items are their ids, which hold no colon."""
    return f"score:{scale.id}"
