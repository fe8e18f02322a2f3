"""The commands of ``./dev``, as a table of contents."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from devtools.problems import Problem
from devtools.processes import Terminated, end_politely

Arguments = list[str]

# Each command imports what it needs: `./dev help` should not wait for the rest,
# and a mistake in one should not take the others along.


def run(arguments: Arguments) -> int:
    """Serve Gallery with everything it needs; Ctrl-C ends it."""
    from devtools.serve import run as serve
    from devtools.wish import read_wish

    return serve(read_wish(arguments, os.environ))


def test(arguments: Arguments) -> int:
    """Run the tests on every engine; --fast for SQLite alone. Arguments go to pytest."""
    from devtools.matrix import main

    return main(arguments)


def lint(arguments: Arguments) -> int:
    """Check style, types, architecture, migrations and translations; --fix repairs style."""
    from devtools.lint import main

    return main(arguments)


def audit(arguments: Arguments) -> int:
    """Judge whole pages: valid HTML, and Lighthouse on the demo community."""
    from devtools.audit import main

    return main(arguments)


def screenshots(arguments: Arguments) -> int:
    """Take a picture of every page, and put them on docs/contact-sheet.webp."""
    from devtools.screenshots import main

    return main(arguments)


def docs(arguments: Arguments) -> int:
    """Build the documentation into .dev/docs."""
    _parser(docs).parse_args(arguments)
    from devtools.documentation import build

    return build()


def bench(arguments: Arguments) -> int:
    """Measure: ./dev bench follows --engine postgres."""
    from devtools.bench import main

    return main(arguments)


def messages(arguments: Arguments) -> int:
    """Bring the message catalogues up to date and compile them."""
    _parser(messages).parse_args(arguments)
    from devtools.catalogues import update

    return update()


def manage(arguments: Arguments) -> int:
    """Run a management command of Gallery, on the data of ./dev run."""
    from devtools.gallery import hand_over
    from devtools.wish import read_wish

    return hand_over(read_wish([], os.environ), arguments)


def wheel(arguments: Arguments) -> int:
    """Build the package and try it in an empty project."""
    _parser(wheel).parse_args(arguments)
    from devtools.wheel import build_and_try

    return build_and_try()


def lock(arguments: Arguments) -> int:
    """Compile requirements/ from pyproject.toml; --upgrade for newer versions."""
    parser = _parser(lock)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    upgrade = parser.parse_args(arguments).upgrade
    from devtools import audit_packages
    from devtools.requirements import compile_all

    audit_packages.lock(upgrade=upgrade)
    return compile_all(upgrade=upgrade)


def setup(arguments: Arguments) -> int:
    """Make the environment with everything for development."""
    _parser(setup).parse_args(arguments)
    from devtools.environment import ensure

    print(f"Ready: {ensure('dev').python}")
    return 0


def reset(arguments: Arguments) -> int:
    """Remove what ./dev run keeps; --all for everything that ./dev has made."""
    parser = _parser(reset)
    parser.add_argument("--all", action="store_true", help="environments and programs too")
    from devtools.keep import remove

    print(f"Removed {remove(everything=parser.parse_args(arguments).all)}.")
    return 0


COMMANDS: dict[str, Callable[[Arguments], int]] = {
    command.__name__: command
    for command in (
        *(run, test, lint, audit, screenshots, docs, bench),
        *(messages, manage, wheel, lock, setup, reset),
    )
}


def usage() -> str:
    """Return one line for each command."""
    lines = ["Usage: ./dev COMMAND [ARGUMENTS]", ""]
    lines += [f"  {name:12}{_summary(command)}" for name, command in COMMANDS.items()]
    return "\n".join([*lines, f"  {'help':12}Show this."])


def main(arguments: Arguments) -> int:
    """Run the command that ``arguments`` begin with; return the exit code."""
    name, *rest = arguments or ["help"]
    if name in ("help", "-h", "--help"):
        print(usage())
        return 0
    if name not in COMMANDS:
        print(f"./dev: there is no command “{name}”.\n\n{usage()}", file=sys.stderr)
        return 2
    end_politely()
    try:
        return COMMANDS[name](rest)
    except Problem as problem:
        sys.stdout.flush()
        print(f"./dev {name}: {problem}", file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        return 130
    except Terminated:
        return 143


def _parser(command: Callable[[Arguments], int]) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        f"./dev {command.__name__}", description=_summary(command), allow_abbrev=False
    )


def _summary(command: Callable[[Arguments], int]) -> str:
    return (command.__doc__ or "").splitlines()[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
