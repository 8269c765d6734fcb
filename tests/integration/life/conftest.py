"""The person in care of the contact tests, with what happens in their life."""

from tests.integration.contacts.conftest import _frozen, case

__all__ = ["_frozen", "case"]
