"""What a list is shown by, and what stands around it: what the reader chose, their colleagues, the numbers of the
clinics. Read in one statement.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from registry.access.reading import Read, ReadTogether
from registry.caseload.choices import COLUMNS_CHOSEN, VIEWS_OFFERED
from registry.caseload.colleagues import COLLEAGUES
from registry.clinics.queries import FIGURES_IN_FORCE
from registry.db.together import Together

_LIST = Together(COLUMNS_CHOSEN, FIGURES_IN_FORCE)
_PAGE = Together(COLUMNS_CHOSEN, FIGURES_IN_FORCE, VIEWS_OFFERED, COLLEAGUES)


def read_around(user_id: uuid.UUID, clinic_ids: Collection[uuid.UUID], *, is_whole_page: bool) -> Read:
    """Without ``is_whole_page`` what the rows themselves need."""
    together = _PAGE if is_whole_page else _LIST
    return ReadTogether(together, (), {"user_id": user_id, "clinic_ids": list(clinic_ids)})
