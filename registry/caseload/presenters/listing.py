"""The caseload page around its list: who is counted, the views, the filters and the ways from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from registry.caseload.presenters.filters import Choice
from registry.caseload.presenters.listed import ENDPOINT, Chip, address_of, capped
from registry.caseload.queries import URGENT, CaseloadPage
from registry.caseload.rules import EVERYONE, MINE, VIEWS, Listing
from registry.web.addresses import page_address

COLUMNS_ENDPOINT = "caseload.columns"


@dataclass(frozen=True, slots=True)
class CaseloadShown:
    """The page."""

    title: str
    subtitle: str
    chips: Sequence[Chip]
    filters: Markup
    filters_in_force: str
    kept: Mapping[str, str]
    """What the filter form sends along unseen: the view and the order."""
    mine: Choice
    mine_url: str
    clear_url: str
    search_url: str
    columns_url: str
    enrol_url: str


def show_caseload(listing: Listing, found: CaseloadPage, *, filters: Markup, enrol_url: str) -> CaseloadShown:
    """What the page prints around ``listed.show_list``."""
    return CaseloadShown(
        title="Caseload",
        subtitle=_subtitle(found, listing),
        chips=[] if listing.search else list(_chips(listing, found.counts)),
        filters=filters,
        filters_in_force=str(len(listing.filters) - (listing.team == MINE) or ""),
        kept={name: value for name, value in listing.address.items() if name in ("view", "sort", "direction")},
        mine=Choice(MINE, "Mine", listing.team == MINE),
        mine_url=address_of(replace(listing, team="" if listing.team == MINE else MINE)),
        clear_url=page_address(ENDPOINT, view=listing.view),
        search_url=address_of(listing),
        columns_url=address_of(listing, COLUMNS_ENDPOINT),
        enrol_url=enrol_url,
    )


def _subtitle(found: CaseloadPage, listing: Listing) -> str:
    everyone = found.counts[EVERYONE]
    if listing.search:
        return f"{capped(everyone)} found"
    urgent = found.counts[URGENT]
    words = {"open": "in care or referred", "ended": "ended", "all": "in care and ended"}[listing.course]
    people = "person" if everyone == 1 else "people"
    parts = [f"{capped(everyone)} {people} {words}"]
    if urgent:
        parts.append(f"{capped(urgent)} urgent")
    acting = found.counts["needs-action"] - urgent
    if acting:
        more = " more" if urgent else ""
        parts.append(f"{capped(acting)}{more} {'needs' if acting == 1 else 'need'} action")
    return " · ".join(parts)


def _chips(listing: Listing, counts: Mapping[str, int]) -> Sequence[Chip]:
    return [
        Chip(
            label="Needs me" if view == "needs-action" and listing.team == MINE else label,
            url=address_of(replace(listing, view=view)),
            is_current=view == listing.view,
            count=capped(counts[view]),
        )
        for view, label in VIEWS.items()
    ]
