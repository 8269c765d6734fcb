"""A person's record in words."""

from registry.patients.presenters.person import (
    Difference,
    Fact,
    IdentityHeader,
    age_in_words,
    identity,
    languages,
    patient_url,
    permissions,
)

__all__ = [
    "Difference",
    "Fact",
    "IdentityHeader",
    "age_in_words",
    "identity",
    "languages",
    "patient_url",
    "permissions",
]
