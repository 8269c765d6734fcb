"""Pages about who somebody is, how to reach them, and who and what surrounds them."""

from registry.patients.views import identity, legal, payers, related
from registry.patients.views.common import blueprint

__all__ = ["blueprint", "identity", "legal", "payers", "related"]
