"""The list as it stands on the caseload page: its table, what is done with the people ticked, and its further pages.

A search brings this part alone; what stands around it is ``registry.caseload.presenters.listing``.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import url_for
from markupsafe import Markup

from registry.caseload.column_sets import COLUMNS
from registry.caseload.columns import Columns
from registry.caseload.presenters.scores import scale_label
from registry.caseload.queries import PER_PAGE, CaseloadPage
from registry.caseload.rules import (
    ASCENDING,
    COURSES,
    DESCENDING,
    DUES,
    EVERYONE,
    MINE,
    NOBODY,
    REASONS,
    SORTS,
    STANDINGS,
    VIEWS,
    Listing,
    read_listing,
)
from registry.episodes.rules import CONDITIONS, PHASE_TITLES
from registry.measurements.instruments import catalogue
from registry.web.addresses import page_address
from registry.web.columns import Column
from registry.web.paging import COUNT_LIMIT, Paging

ENDPOINT = "caseload.caseload"
ROW_ENDPOINT = "caseload.row"
VIEWS_ENDPOINT = "caseload.saved_views"
EXPORT_ENDPOINT = "caseload.export"
ASSIGN_ENDPOINT = "caseload.assign"

_NO_EPISODE = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Chip:
    """A view with how many it holds."""

    label: str
    url: str
    is_current: bool
    count: str


@dataclass(frozen=True, slots=True)
class ListShown:
    """The list."""

    rows: Markup
    """The rows as they are printed."""
    columns: Sequence[Column]
    search: str
    pages: Paging
    more_found: str
    widened: str
    """That the search went beyond the filters."""
    printed: str
    """Which part of which list a print-out shows."""
    empty_title: str
    empty_words: str
    saved: Sequence[Chip]
    views_url: str
    row_source: str
    """The address of one row by itself, ``{episode}`` in the place of its id."""
    export_url: str
    assign_url: str
    """Where whoever may give people to a care manager does so; empty for everybody else."""


def scales_of(found: CaseloadPage, columns: Sequence[str]) -> set[str]:
    """The main measures of the people on the page, where they are shown."""
    if "main" not in columns:
        return set()
    return {row.first_scale for row in found.rows if row.first_scale}


def show_list(
    listing: Listing,
    found: CaseloadPage,
    *,
    rows: Markup,
    columns: Sequence[str],
    page: int,
    saved: Sequence[tuple[Columns, int]],
    may_assign: bool,
    is_widened: bool,
) -> ListShown:
    """The list, with the saved views of the reader and how many each holds. ``is_widened``: nobody was found among
    those the filters leave.
    """
    total = found.counts[listing.view]
    main_scales = scales_of(found, columns)
    pages = Paging(
        page=page,
        per_page=PER_PAGE,
        total=min(total, COUNT_LIMIT + 1),
        address=lambda number: address_of(listing, page=number),
    )
    return ListShown(
        rows=rows,
        columns=_columns(listing, columns, main_scales),
        search=listing.search,
        pages=pages,
        more_found=_more_found(listing, total),
        widened="Nobody among those you chose to list: found among everybody." if is_widened and found.rows else "",
        printed=_printed(listing, pages),
        empty_title=_empty_title(listing),
        empty_words=_empty_words(listing),
        saved=[_saved(view, number, listing) for view, number in saved],
        views_url=address_of(listing, VIEWS_ENDPOINT),
        row_source=_row_source(names_scale=len(main_scales) > 1),
        export_url=address_of(listing, EXPORT_ENDPOINT),
        assign_url=address_of(listing, ASSIGN_ENDPOINT) if may_assign else "",
    )


def words_of(listing: Listing) -> str:
    """A list in words: "Off target · Active · A contact within 7 days"."""
    named = (
        VIEWS[listing.view],
        {"": "", MINE: "My people", NOBODY: "Nobody responsible"}.get(listing.team, "One team member"),
        "One clinic" if listing.clinic else "",
        PHASE_TITLES.get(listing.phase, ""),
        CONDITIONS.get(listing.condition, ""),
        STANDINGS.get(listing.standing, ""),
        REASONS.get(listing.reason, ""),
        DUES.get(listing.due, ""),
        "" if listing.course == "open" else COURSES[listing.course],
    )
    return " · ".join(words for words in named if words)


def address_of(listing: Listing, endpoint: str = ENDPOINT, **more: int) -> str:
    """The address of a list, or of a page that comes back to it."""
    return page_address(endpoint, **{**listing.address, **more})


def capped(number: int) -> str:
    """How many, as far as anybody counts: "1,000+"."""
    return f"{COUNT_LIMIT:,}+" if number > COUNT_LIMIT else f"{number:,}"


def _row_source(*, names_scale: bool) -> str:
    address = url_for(ROW_ENDPOINT, episode_id=_NO_EPISODE, named="yes" if names_scale else "no")
    return address.replace(str(_NO_EPISODE), "{episode}")


def _saved(view: Columns, number: int, listing: Listing) -> Chip:
    wanted = read_listing(view.address)
    return Chip(view.name, address_of(wanted), is_current=wanted == listing, count=capped(number))


def _columns(listing: Listing, keys: Sequence[str], main_scales: set[str]) -> list[Column]:
    titles = {key: COLUMNS[key].title for key in keys}
    if "main" in titles and len(main_scales) == 1:
        (scale,) = main_scales
        titles["main"] = f"{catalogue().domain_of(scale).capitalize()} · {scale_label(scale)}"
    return [
        _column(listing, "Patient", "name"),
        *(_column(listing, title, COLUMNS[key].sort, COLUMNS[key].kind) for key, title in titles.items()),
        Column("Next step", kind="steps"),
    ]


def _column(listing: Listing, label: str, sort: str, kind: str = "") -> Column:
    if listing.search:
        return Column(label, kind=kind)
    is_current = listing.sort == sort
    other = DESCENDING if listing.direction == ASCENDING else ASCENDING
    direction = other if is_current else SORTS[sort]
    return Column(
        label,
        url=address_of(replace(listing, sort=sort, direction=direction)),
        direction=listing.direction if is_current else "",
        kind=kind,
    )


def _more_found(listing: Listing, total: int) -> str:
    if not listing.search or total <= PER_PAGE:
        return ""
    return f"The first {PER_PAGE} of {capped(total)} are shown. Type more of the name, or the whole MRN."


def _printed(listing: Listing, pages: Paging) -> str:
    which = "Found by a search" if listing.search else words_of(listing)
    return f"{which}: {pages.first}–{pages.last} of {pages.total_words}."


def _empty_title(listing: Listing) -> str:
    if listing.search:
        return "Nobody found"
    return "Nobody in this view" if listing.view != EVERYONE or listing.filters else "Nobody in care yet"


def _empty_words(listing: Listing) -> str:
    if listing.search:
        return "Check the spelling, try the family name alone, or give the whole MRN. Only your clinics are searched."
    if listing.view != EVERYONE or listing.filters:
        return "Choose another view, or clear the filters."
    return "People appear here once they are referred or enrolled."
