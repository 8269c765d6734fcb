"""Looking for a person."""

from __future__ import annotations

from registry.web.form_fields import RegistryForm, line


class SearchForm(RegistryForm):
    """Only its length and characters are checked."""

    q = line("Search name or MRN", longest=100)
