"""The pictures of the README and the guides, taken of the demo clinic: ``make pictures``.

Each page in two sizes and two colour schemes, those of a whole day also on a wide screen, as
docs/pictures/<page>-<width>-<colours>.png. A complaint of the browser (console, policy, missing file) fails the run,
as it fails a journey.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import case, func, select
from werkzeug.serving import make_server

from config import Settings
from registry import create_app
from registry.access import scope
from registry.access.roles import Role
from registry.accounts.models import Membership, User
from registry.alerts.models import Alert
from registry.alerts.rulebook import Tier
from registry.demo.clinic import PASSWORD
from registry.episodes.models import TeamMember
from registry.extensions import db
from registry.measurements.models import Measurement
from tests.e2e.browsers import launch_chromium
from tests.e2e.windows import DESK, PHONE, WIDE, Windows

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"

PSYCHIATRIST = "ruth.castellan@lanternbay.example"
LEAD = "margaret.tran@lanternbay.example"
PEER = "jerome.addy@lanternbay.example"
ADMINISTRATOR = "sam.whitcombe@lanternbay.example"
AUDITOR = "edna.kirkbride@lanternbay.example"

_SHOTS: tuple[tuple[tuple[int, int], Literal["light", "dark"]], ...] = (
    (DESK, "light"),
    (DESK, "dark"),
    (PHONE, "light"),
    (PHONE, "dark"),
    (WIDE, "light"),
    (WIDE, "dark"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """One page as one person sees it; ``then`` is what they have done there before the picture is taken."""

    name: str
    email: str
    address: str
    then: Callable[[Page], None] = lambda page: None
    is_everywhere: bool = True
    """At the desk and on a phone, in both colours; else at the desk and light only."""
    is_wide: bool = False
    """On a wide screen as well."""

    def is_taken(self, viewport: tuple[int, int], colours: str) -> bool:
        if viewport == WIDE:
            return self.is_wide
        return self.is_everywhere or (viewport, colours) == _SHOTS[0]


def pictures(manager: str, somebody: uuid.UUID) -> list[Picture]:
    """What is shown: to this care manager, and of the person whose record stands for all."""
    return [
        Picture("myday", manager, "/my-day", is_wide=True),
        Picture("caseload", manager, "/caseload", is_wide=True),
        Picture("patient", manager, f"/patients/{somebody}", _until_drawn, is_wide=True),
        Picture("measure", manager, f"/patients/{somebody}/measures/new/phq-9", _typed),
        Picture("review", PSYCHIATRIST, "/review"),
        Picture("reviews", manager, f"/patients/{somebody}/reviews", is_everywhere=False),
        Picture("clinic", LEAD, "/clinic"),
        Picture("clinic-months", LEAD, "/clinic/months"),
        Picture("people", PEER, "/my-people", is_everywhere=False),
        Picture("rules", ADMINISTRATOR, "/administration/rules", is_everywhere=False),
        Picture("audit", AUDITOR, "/administration/audit", is_everywhere=False),
    ]


def _until_drawn(page: Page) -> None:
    page.locator(".js-plotly-plot .main-svg").first.wait_for()


def _typed(page: Page) -> None:
    if (page.viewport_size or {"width": 0})["width"] < DESK[0]:
        return
    for digit in "232111110":
        page.keyboard.press(digit)
    page.evaluate("scrollTo(0, 0)")


def _care_manager() -> str:
    """Whose day is the fullest: the one with the most urgent alerts, or with the most alerts at all."""
    is_urgent = case((Alert.tier == Tier.URGENT, 1), else_=0)
    return db.session.scalars(
        select(User.email)
        .join(Alert, Alert.owner_id == User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(Alert.closed_at.is_(None), Membership.role == Role.CARE_MANAGER)
        .group_by(User.email)
        .order_by(func.sum(is_urgent).desc(), func.count().desc(), User.email)
        .limit(1)
    ).one()


def _somebody(manager: str) -> uuid.UUID:
    """The longest measured of this care manager's people who are off target."""
    off_target = select(Alert.patient_id).where(Alert.rule == "target.off", Alert.closed_at.is_(None))
    return db.session.scalars(
        select(Measurement.patient_id)
        .join(TeamMember, TeamMember.patient_id == Measurement.patient_id)
        .join(User, User.id == TeamMember.user_id)
        .where(Measurement.patient_id.in_(off_target), User.email == manager, TeamMember.ends_on.is_(None))
        .group_by(Measurement.patient_id)
        .order_by(func.count().desc(), Measurement.patient_id)
        .limit(1)
    ).one()


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def _sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "sign-in" not in address)


def take(browser: Browser, url: str, chosen: list[Picture]) -> None:
    """Take each picture in every size and colour; one window per person, size and colour."""
    windows = Windows(browser=browser, url=url)
    for viewport, colours in _SHOTS:
        opened: dict[str, Page] = {}
        for picture in chosen:
            if not picture.is_taken(viewport, colours):
                continue
            if picture.email not in opened:
                opened[picture.email] = windows.open(viewport=viewport, colours=colours)
                _sign_in(opened[picture.email], picture.email)
            page = opened[picture.email]
            page.goto(picture.address)
            picture.then(page)
            page.evaluate("document.fonts.ready")
            page.screenshot(path=FOLDER / f"{picture.name}-{viewport[0]}-{colours}.png", animations="disabled")
        windows.close()
    if windows.complaints:
        sys.exit("\n".join(windows.complaints))


def _make_small(folder: Path) -> None:
    """256 colours are enough for a page of text; without pngquant the files are three times as large."""
    program = shutil.which("pngquant")
    for file in sorted(folder.glob("*.png")) if program else ():
        subprocess.run([str(program), "--force", "--skip-if-larger", "--ext", ".png", str(file)], check=False)


def main(names: list[str]) -> None:
    """Take the pictures of these names; all unless some are given."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_app(Settings.from_environment({"REGISTRY_LOG_LEVEL": "ERROR", **os.environ, "REGISTRY_ENV": "demo"}))
    with app.app_context(), scope.all_patients(reason="choosing whom the pictures show"):
        manager = _care_manager()
        shown = pictures(manager, _somebody(manager))
    chosen = [each for each in shown if not names or each.name in names]
    with _served(app) as url, sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        take(browser, url, chosen)
        browser.close()
    _make_small(FOLDER)


if __name__ == "__main__":
    main(sys.argv[1:])
