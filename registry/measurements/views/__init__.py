"""Pages over measures."""

from registry.measurements.views import choosing, drafts, entering, mending, reading
from registry.measurements.views.place import blueprint

__all__ = ["blueprint", "choosing", "drafts", "entering", "mending", "reading"]
