"""Marking an entry about a person as entered in error: it is kept, struck through."""

from __future__ import annotations

from registry.web.form_fields import RegistryForm, line

MARK = "Mark as entered in error"
"""What the button says."""
STAYS = "It stays in the record, struck through, and counts nowhere."
"""What the form says before."""
MARKED = "Marked as entered in error. The entry is kept, struck through, and counts nowhere"
"""What is said after."""


class WithdrawForm(RegistryForm):
    """An entry that never was, or was somebody else's."""

    why = line("Why was it entered in error?", required="Say why it was entered in error", longest=500)
