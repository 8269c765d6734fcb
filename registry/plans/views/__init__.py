"""Pages over goals and plans."""

from registry.plans.views import goals, versions
from registry.plans.views.place import blueprint

__all__ = ["blueprint", "goals", "versions"]
