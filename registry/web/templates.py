"""Templates, told once what all of them know."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2 import StrictUndefined


class RegistryEnvironment(Environment):
    """What ``create_app`` switches on is all there is to know: no template is loaded before, none is told after."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """In a plain dictionary: Jinja's own, which looks into two, is read name by name at every ``import``."""
        return {**self.globals, **(d or {})}


OPTIONS = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
