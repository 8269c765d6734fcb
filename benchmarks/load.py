"""Four people at once, over HTTP, each with a signed-in browser of their own."""

from __future__ import annotations

import gzip
import http.client
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.elements import Element, read

CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as it was sent. Nothing is unpacked that nobody reads: it would take the server's processor."""

    status: int
    body: bytes
    is_packed: bool

    @property
    def text(self) -> str:
        return (gzip.decompress(self.body) if self.is_packed else self.body).decode()

    @property
    def sent(self) -> int:
        return len(self.body)

    @property
    def decoded(self) -> int:
        """Its bytes once unpacked: the last four of a gzip file say how many (RFC 1952, ISIZE)."""
        return int.from_bytes(self.body[-4:], "little") if self.is_packed else len(self.body)


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall milliseconds of many requests, as the browser saw them, and the bytes of the largest answers."""

    milliseconds: tuple[float, ...]
    errors: int
    seconds: float
    most_sent: int
    most_decoded: int

    def quantile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def per_second(self) -> float:
        return len(self.milliseconds) / self.seconds


@dataclass(slots=True)
class Browser:
    """A cookie jar over one address."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: str = "", *, headers: Mapping[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept-Encoding": "gzip",
            "Sec-Fetch-Site": "same-origin",
            **(headers or {}),
        }
        if body:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body or None, sent)
        answer = connection.getresponse()
        received = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";", 1)[0]
        connection.close()
        return Answer(answer.status, received, is_packed=answer.getheader("Content-Encoding") == "gzip")

    def sign_in(self, email: str, password: str) -> None:
        """Raises ``RuntimeError`` when the program does not let us in."""
        page = self.send("GET", "/sign-in").text
        body = urlencode({"csrf_token": token_of(page), "email": email, "password": password})
        status = self.send("POST", "/sign-in", body).status
        if status != 303:
            raise RuntimeError(f"sign-in answered {status}")


def token_of(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    if found is None:
        raise RuntimeError("the page carries no token")
    return found[1]


def filled_form(page: str, answers: Callable[[str, Sequence[str]], str]) -> dict[str, str]:
    """The fields of the page's main form: hidden and prefilled ones as they are, radios by ``answers``."""
    form = Element(read(page.encode())).select_one("main form[method=post]")
    if form is None:
        raise RuntimeError("the page has no form")
    fields: dict[str, str] = {}
    radios: dict[str, list[str]] = {}
    for control in form.select("input[name], select[name], textarea[name]"):
        name, kind = control["name"], control.get("type", control.tag)
        if kind == "radio":
            radios.setdefault(name, []).append(control.get("value", ""))
            if control.has_attr("checked"):
                fields[name] = control["value"]
        elif kind == "select":
            chosen = control.select_one("option[selected]") or control.select_one("option")
            fields[name] = chosen.get("value", "") if chosen else ""
        elif kind not in {"checkbox", "submit", "button"}:
            fields[name] = control.get("value", "")
    for name, values in radios.items():
        if name not in fields:
            fields[name] = answers(name, values)
    return fields


Request = Callable[[Browser, int], Answer]
"""One request of a browser, by how many went before it."""


def timed(browsers: Sequence[Browser], request: Request, *, each: int) -> Timing:
    """Every browser sends ``each`` requests, all browsers at once."""
    taken: list[float] = []
    answers: list[tuple[int, int, int]] = []
    lock = threading.Lock()

    def run(browser: Browser, place: int) -> None:
        for step in range(each):
            began = time.perf_counter()
            answer = request(browser, place * each + step)
            elapsed = (time.perf_counter() - began) * 1000
            with lock:
                taken.append(elapsed)
                answers.append((answer.status, answer.sent, answer.decoded))

    threads = [threading.Thread(target=run, args=(browser, place)) for place, browser in enumerate(browsers)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    statuses, sent, decoded = zip(*answers, strict=True)
    return Timing(tuple(taken), sum(status >= 400 for status in statuses), seconds, max(sent), max(decoded))


def fresh_key() -> str:
    return uuid.uuid4().hex
