"""Lighthouse on Gallery as ``./dev run`` serves it, with the demo community, on a telephone."""

from __future__ import annotations

import http.client
import json
import math
import re
import socket
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, NamedTuple

from devtools.audit_packages import node, npm_packages
from devtools.browser import Browser, find_browser
from devtools.gallery import DEMO_NAME
from devtools.keep import kept_secret
from devtools.places import MADE, ROOT
from devtools.problems import Problem
from devtools.processes import Child, captured

__all__ = ["LEAST", "best_of", "failing", "judge"]

#: Of a hundred, in each category.
LEAST = 95
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_REPORTS = MADE / "audit"
#: The speed of a busy machine says little: the best of so many tries counts.
_TRIES = 3
#: To make the demo community the first time, and to start after that.
_START_SECONDS = 900
_LOAD_SECONDS = 45
#: What Lighthouse's own benchmark gives on a machine that its settings are made for.
_IDLE = 1000
_SCRIPT = Path(__file__).with_suffix(".mjs")
_FLAGS = ["--disable-gpu", "--no-first-run", "--disable-background-networking"]
_PICTURE = re.compile(r'href="(/pictures/\d+/)"')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')

Scores = dict[str, int]


class _Visit(NamedTuple):
    """A page, and the cookies of who looks at it."""

    name: str
    url: str
    cookies: Mapping[str, str]


def judge() -> bool:
    """Print the scores of a few pages; return whether each reaches `LEAST`.

    Reports to read are left in ``.dev/audit``. A minute or two; longer where tries are made
    again. Raises a Problem where Lighthouse or the server does not run.
    """
    npm_packages()
    browser = find_browser()
    _REPORTS.mkdir(parents=True, exist_ok=True)
    passed, slowest = True, math.inf
    with _gallery() as url:
        head = "  ".join(f"{name:>14}" for name in CATEGORIES)
        print(f"\n{'Lighthouse':12}{head}")
        for visit in _visits(url):
            scores, report = _judged(visit, browser)
            print(f"{visit.name:12}" + "  ".join(f"{scores[c]:14}" for c in CATEGORIES), flush=True)
            slowest = min(slowest, report["environment"]["benchmarkIndex"])
            low = [category for category in CATEGORIES if scores[category] < LEAST]
            if low:
                passed = False
                print("\n".join(f"    {line}" for line in failing(report, low)), flush=True)
    if slowest < _IDLE:
        print(f"\nThis machine was busy (benchmark index {slowest:.0f}): performance says little.")
    print(f"\nEach has to reach {LEAST}. Reports: {_REPORTS.relative_to(ROOT)}/")
    return passed


def best_of(tries: Iterator[Scores], *, at_most: int = _TRIES) -> Scores:
    """Return the best score of each category, of so many ``tries`` as are needed."""
    best: Scores = {}
    for _, scores in zip(range(at_most), tries, strict=False):
        best = {name: max(score, best.get(name, 0)) for name, score in scores.items()}
        if min(best.values()) >= LEAST:
            break
    return best


def failing(report: Mapping[str, Any], categories: list[str]) -> list[str]:
    """Return what costs points in ``categories``, the dearest first."""
    found = []
    for category in categories:
        for reference in report["categories"][category]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            lost = reference["weight"] * (1 - (1 if audit["score"] is None else audit["score"]))
            if lost > 0:
                shown = audit.get("displayValue", "")
                found.append((lost, f"{category}: {audit['title']} {shown}".rstrip()))
    return [line for _, line in sorted(found, reverse=True)]


def _judged(visit: _Visit, browser: Browser) -> tuple[Scores, Mapping[str, Any]]:
    """Return the best scores of ``visit``, and the report of the last try."""
    reports: list[Mapping[str, Any]] = []

    def tries() -> Iterator[Scores]:
        while True:
            reports.append(_run(visit, browser))
            categories = reports[-1]["categories"]
            yield {name: round(100 * (categories[name]["score"] or 0)) for name in CATEGORIES}

    return best_of(tries()), reports[-1]


def _run(visit: _Visit, browser: Browser) -> Mapping[str, Any]:
    base = _REPORTS / visit.name
    report, wanted = Path(f"{base}.report.json"), Path(f"{base}.wanted.json")
    report.unlink(missing_ok=True)
    # In a file of ours, since everyone may read command lines.
    wanted.touch(mode=0o600)
    wanted.write_text(
        json.dumps(
            {
                "modules": str(npm_packages()),
                "browser": browser.path,
                "flags": _FLAGS if browser.has_sandbox else [*_FLAGS, "--no-sandbox"],
                "url": visit.url,
                "cookies": visit.cookies,
                "categories": CATEGORIES,
                "milliseconds": _LOAD_SECONDS * 1000,
                "out": str(base),
            }
        )
    )
    try:
        done = captured([node(), str(_SCRIPT), str(wanted)], env=browser.variables, cwd=ROOT)
    finally:
        wanted.unlink()
    if done.returncode or not report.exists():
        raise Problem(f"{done.stdout}\nLighthouse failed on {visit.url}; see above.")
    found: Mapping[str, Any] = json.loads(report.read_text())
    return found


# -- the site


@contextmanager
def _gallery() -> Iterator[str]:
    """Run Gallery as ``./dev run`` does, on a free port; give its address."""
    _REPORTS.mkdir(parents=True, exist_ok=True)
    log = _REPORTS / "server.log"
    log.unlink(missing_ok=True)
    port = _free_port()
    print("Starting Gallery with its demo community (first time: a minute or two) …", flush=True)
    server = Child(
        [sys.executable, "-m", "devtools", "run", "--port", str(port)], cwd=ROOT, log=log
    )
    try:
        _wait(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop(patience=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(server: Child, port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if not server.is_alive():
            raise Problem(f"{log.read_text()}\nGallery did not start; see above.")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
        finally:
            connection.close()
    raise Problem(f"Gallery has not answered within {_START_SECONDS} seconds.")


def _visits(url: str) -> list[_Visit]:
    """Return what is looked at: as a visitor, and signed in as the demo's own account."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = _read(browser, f"{url}/popular/")
    picture = _PICTURE.search(page)
    if not picture:
        raise Problem("There is no picture on the page Popular; is the demo community there?")
    _sign_in(browser, url)
    return [
        _Visit("landing", f"{url}/", {}),
        _Visit("home", f"{url}/", {one.name: one.value or "" for one in jar}),
        _Visit("picture", f"{url}{picture[1]}", {}),
        _Visit("popular", f"{url}/popular/", {}),
    ]


def _sign_in(browser: urllib.request.OpenerDirector, url: str) -> None:
    form = _TOKEN.search(_read(browser, f"{url}/account/login/"))
    if not form:
        raise Problem("The page to sign in has no form.")
    fields = {
        "csrfmiddlewaretoken": form[1],
        "username": DEMO_NAME,
        "password": kept_secret("demo-password", readable=True),
    }
    page = _read(browser, f"{url}/account/login/", urllib.parse.urlencode(fields).encode())
    if "/account/logout/" not in page:
        raise Problem(f"{DEMO_NAME} could not sign in.")


def _read(browser: urllib.request.OpenerDirector, url: str, data: bytes | None = None) -> str:
    try:
        with browser.open(url, data, timeout=60) as answer:
            return str(answer.read().decode())
    except urllib.error.URLError as error:
        raise Problem(f"{url} cannot be read: {error}.") from error
