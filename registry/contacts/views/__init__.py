"""Pages over contacts: the list, logging, correcting, timing; reporting a danger."""

from registry.contacts.views import correcting, danger, listing, logging, quick, unfinished
from registry.contacts.views.common import blueprint

__all__ = ["blueprint", "correcting", "danger", "listing", "logging", "quick", "unfinished"]
