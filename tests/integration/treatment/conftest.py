"""The person in care of the contact tests, with their treatment."""

from tests.integration.contacts.conftest import _frozen, case

__all__ = ["_frozen", "case"]
