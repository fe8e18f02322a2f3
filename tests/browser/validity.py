"""Every page is valid HTML, in both languages: a test of ``./dev audit``, since it needs npm.

Not collected by itself: its name does not begin as those of tests do.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from devtools.audit_packages import node, npm_packages

from .pages import PAGES
from .scene import make_demo

pytestmark = pytest.mark.django_db

#: What the standard asks for, and what makes a page readable to everyone; no taste.
CONFIGURATION = {
    "root": True,
    "extends": ["html-validate:standard", "html-validate:document", "html-validate:a11y"],
    "rules": {
        # Said on purpose: without it, Safari takes a list without marks for none.
        "no-redundant-role": "off",
        # Ours, from the same place as the page itself.
        "require-sri": "off",
        # A field alone is sent with Enter, and a button may be outside of its form.
        "wcag/h32": "off",
        # A region that scrolls is no section of the text.
        "prefer-native-element": "off",
        # What the standard says anyway.
        "no-implicit-button-type": "off",
        "no-redundant-for": "off",
    },
}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_is_valid(tmp_path: Path, language: str) -> None:
    scene = make_demo()
    for page in PAGES:
        if page.is_ours:
            client = scene.client(page)
            headers = {"accept-language": language}
            answer = client.get(scene.address(page), follow=True, headers=headers)
            assert answer.status_code == page.status, page.name
            (tmp_path / f"{page.name}.html").write_bytes(answer.content)
    (tmp_path / ".htmlvalidate.json").write_text(json.dumps(CONFIGURATION))
    found = _validate(tmp_path)
    assert not found, "\n" + "\n".join(found)


def _validate(folder: Path) -> list[str]:
    """Return what is wrong with the pages in ``folder``, each fault once with where it is."""
    program = npm_packages() / "html-validate" / "bin" / "html-validate.mjs"
    # Into a file: it ends before a pipe has taken all that it says.
    command = [node(), str(program), "--formatter=json=found.json", "*.html"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    faults: dict[str, list[str]] = {}
    for result in json.loads((folder / "found.json").read_text()):
        lines = Path(result["filePath"]).read_text().splitlines()
        for message in result["messages"]:
            words = f"{message['ruleId']}: {message['message']}"
            text = lines[message["line"] - 1].strip()[:160]
            where = f"{Path(result['filePath']).stem}:{message['line']}"
            faults.setdefault(f"{words}\n    {text}", []).append(where)
    return [f"{fault}\n    {len(at)} times: {', '.join(at[:6])}" for fault, at in faults.items()]
