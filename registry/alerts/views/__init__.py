"""The day's work, what waits from before, one alert, and what is asked right after a positive safety answer."""

from __future__ import annotations

from registry.alerts.views import after_positive, alert, backlog, worklist
from registry.alerts.views.shared import blueprint

__all__ = ["after_positive", "alert", "backlog", "blueprint", "worklist"]
