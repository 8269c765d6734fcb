"""Entering who somebody is, how to reach them, and who and what surrounds them."""

from registry.patients.forms.around import DirectiveForm, EndLegalStatusForm, LegalStatusForm, RelatedPersonForm
from registry.patients.forms.identity import AddPatientForm, ClinicForm, ContactPointForm, PatientForm, facts_of

__all__ = [
    "AddPatientForm",
    "ClinicForm",
    "ContactPointForm",
    "DirectiveForm",
    "EndLegalStatusForm",
    "LegalStatusForm",
    "PatientForm",
    "RelatedPersonForm",
    "facts_of",
]
