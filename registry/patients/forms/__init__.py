"""Entering who somebody is, how to reach them, and who and what surrounds them."""

from registry.patients.forms.around import DirectiveForm, EndLegalStatusForm, LegalStatusForm, RelatedPersonForm
from registry.patients.forms.identity import AddPatientForm, ClinicForm, ContactPointForm, PatientForm, facts_of
from registry.patients.forms.payers import PayerForm

__all__ = [
    "AddPatientForm",
    "ClinicForm",
    "ContactPointForm",
    "DirectiveForm",
    "EndLegalStatusForm",
    "LegalStatusForm",
    "PatientForm",
    "PayerForm",
    "RelatedPersonForm",
    "facts_of",
]
