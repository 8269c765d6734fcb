"""Pages over tasks: what was asked about a person, asking, and answering."""

from registry.tasks.views import answering, asking, listing
from registry.tasks.views.common import blueprint

__all__ = ["answering", "asking", "blueprint", "listing"]
