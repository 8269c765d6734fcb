"""A person's record in words."""

from registry.patients.presenters.person import (
    Difference,
    Fact,
    IdentityHeader,
    identity,
    patient_url,
    permissions,
)

__all__ = ["Difference", "Fact", "IdentityHeader", "identity", "patient_url", "permissions"]
