"""Pages over treatments."""

from registry.treatment.views import mending, noting
from registry.treatment.views.place import blueprint

__all__ = ["blueprint", "mending", "noting"]
