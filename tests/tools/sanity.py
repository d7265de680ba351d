# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Run ``ansible-test sanity`` on the files of this checkout, and see that it tested them.

ansible-test accepts a collection only at ``ansible_collections/NAMESPACE/NAME``, and below another
git repository it finds nothing to test and succeeds.  So the files are copied to a temporary tree
elsewhere.  Its virtual environments are kept below ``.cache``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".cache" / "ansible-test"
COLLECTION = Path("ansible_collections/fnndsc/swift_migration")
# Each of these has something to look at in this collection.
NEVER_SKIPPED = {"ansible-doc", "compile", "import", "pep8", "pylint", "validate-modules"}
GET_PIP = '''\
"""Stands in for get-pip.py, which ansible-test would download: ensurepip brings pip as well."""
import subprocess
import sys

python = [sys.executable, "-m"]
wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([*python, "ensurepip"], stdout=subprocess.DEVNULL)
subprocess.check_call([*python, "pip", "install", "--quiet", *wanted])
'''


class SanityError(Exception):
    """The tests did not run as they should have."""


def tracked_files() -> list[Path]:
    """Return the files that git knows or would add, less symbolic links."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path.relative_to(ROOT) for path in paths if path.is_file() and not path.is_symlink()]


@contextmanager
def pip_settings() -> Iterator[None]:
    """Let pip in ansible-test know what pip here knows: ansible-test clears the environment.

    The file may hold a registry's password, so it is gone afterwards.
    """
    settings = {"quiet": "1"} | {
        name.removeprefix("PIP_").lower().replace("_", "-"): value
        for name, value in os.environ.items()
        if name.startswith("PIP_") and name != "PIP_CONFIG_FILE"
    }
    if proxy := os.environ.get("https_proxy") or os.environ.get("HTTPS_PROXY"):
        settings.setdefault("proxy", proxy)
    mine = HOME / ".config" / "pip" / "pip.conf"
    users = HOME / ".pip" / "pip.conf"
    for path in (mine, users):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
    mine.touch(mode=0o600)
    lines = [f"{name} = {value}" for name, value in settings.items()]
    mine.write_text("\n".join(["[global]", *lines, ""]))
    for candidate in (Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf"):
        if candidate.is_file() and not users.is_symlink():
            users.symlink_to(candidate)
    try:
        yield
    finally:
        mine.unlink(missing_ok=True)
        users.unlink(missing_ok=True)


def prepare_home() -> None:
    # The version is that of ansible_test._internal.python_requirements.get_venv_packages.
    get_pip = HOME / ".ansible" / "test" / "cache" / "get_pip_24_2.py"
    get_pip.parent.mkdir(parents=True, exist_ok=True)
    get_pip.write_text(GET_PIP)


def ansible_test(collection: Path, *arguments: str, capture: bool = False) -> str:
    """Run ansible-test in ``collection``; return what it wrote if asked to."""
    done = subprocess.run(
        ["ansible-test", *arguments],
        cwd=collection,
        env=os.environ | {"HOME": str(HOME)},
        stdout=subprocess.PIPE if capture else None,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SanityError(f"ansible-test {arguments[0]} failed")
    return done.stdout or ""


def skipped_tests(results: Path) -> set[str]:
    """Return the names of the tests that had nothing to test.

    :raises SanityError: when a test left no result.
    """
    parsed = [ElementTree.parse(path) for path in results.glob("*.xml")]  # noqa: S314
    cases = [case for suite in parsed for case in suite.iter("testcase")]
    names = {case.get("name", "") for case in cases}
    if missing := {name for name in NEVER_SKIPPED if not any(name in other for other in names)}:
        raise SanityError(f"ansible-test sanity did not run {', '.join(sorted(missing))}")
    return {case.get("name", "") for case in cases if case.find("skipped") is not None}


def check(collection: Path) -> None:
    """Copy the checkout to ``collection``, test it there, and doubt the success."""
    files = tracked_files()
    for path in files:
        (collection / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, collection / path)
    seen = set(ansible_test(collection, "env", "--list-files", capture=True).split("\n"))
    if unseen := [str(path) for path in files if str(path) not in seen]:
        raise SanityError(f"ansible-test does not see {len(unseen)} files: {unseen[:5]}")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    ansible_test(collection, "sanity", "--python", version, "--junit")
    skipped = skipped_tests(collection / "tests" / "output" / "junit")
    if wrong := {name for name in skipped if any(never in name for never in NEVER_SKIPPED)}:
        raise SanityError(f"ansible-test sanity skipped {', '.join(sorted(wrong))}")
    print(f"{len(files)} files; nothing to look at for: {', '.join(sorted(skipped)) or 'no test'}")


def main() -> int:
    prepare_home()
    with (HOME / "lock").open("w") as lock:
        # ansible-test does not expect another one at its virtual environments.
        fcntl.flock(lock, fcntl.LOCK_EX)
        return run()


def run() -> int:
    with tempfile.TemporaryDirectory(prefix="sanity-") as directory, pip_settings():
        try:
            check(Path(directory) / COLLECTION)
        except SanityError as error:
            print(f"sanity: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
