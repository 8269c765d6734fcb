"""A person's record in words."""

from registry.patients.presenters.edit_page import (
    AtClinic,
    DatedFormPage,
    Difference,
    EditPage,
    OtherClinic,
    PersonFormPage,
    WithdrawPage,
    differing,
)
from registry.patients.presenters.person import (
    Fact,
    IdentityHeader,
    age_in_words,
    identity,
    interpreter,
    languages,
    patient_url,
    permissions,
)

__all__ = [
    "AtClinic",
    "DatedFormPage",
    "Difference",
    "EditPage",
    "Fact",
    "IdentityHeader",
    "OtherClinic",
    "PersonFormPage",
    "WithdrawPage",
    "age_in_words",
    "differing",
    "identity",
    "interpreter",
    "languages",
    "patient_url",
    "permissions",
]
