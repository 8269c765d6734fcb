"""Pages about who somebody is, how to reach them, and who and what surrounds them."""

from registry.patients.views import identity, legal, payers, related
from registry.patients.views.common import blueprint
from registry.patients.views.survivor import lead_to_survivor

__all__ = ["blueprint", "identity", "lead_to_survivor", "legal", "payers", "related"]
