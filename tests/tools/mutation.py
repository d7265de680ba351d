# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Change the code on purpose, one place at a time, and see whether the unit tests notice.

mutmut makes the changes (mutants) and runs, for each, the tests that come by.  Which files are
changed and what is left alone stands in ``pyproject.toml``.  mutmut derives a module's name from
its path, so the code is copied to a tree below ``.cache`` that has the shape of the imports.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from tests.tools import mutant_limit
from tests.tools.sanity import tracked_files

ROOT = Path(__file__).parents[2]
TREE = ROOT / ".cache" / "mutation"
COPIES = {
    "plugins": "ansible_collections/fnndsc/swift_migration/plugins",
    "roles/swift_v1_gateway/files/swift_v1_gateway": "swift_v1_gateway",
    "tests": "tests",
    "pyproject.toml": "pyproject.toml",
}
# Python must find the changed copy only.
HIDDEN = Path("roles/swift_v1_gateway/files")
# A test that never ends with a mutant notices it as well.
KILLED = ("killed", "timeout")
LEAST = 85.0
# Mutants tried at once on each processor: many tests wait for a clock or a socket.
LANES = 4
PATIENCE = "timeout_constant = 1.0"


@dataclass(frozen=True)
class Mutant:
    """One changed place, and what the tests said to it in mutmut's words."""

    path: Path
    name: str
    status: str

    @property
    def killed(self) -> bool:
        return self.status in KILLED


def copy_tree(tree: Path, keep: bool) -> None:
    """Copy the code and its tests to a tree.

    :param keep: whether it stays known which tests come by which function.  Learning it takes one
        run of all tests; those that are new are always learned.
    """
    paths = list(tracked_files())
    here = sorted({f"mutants/{path.parts[0]}" for path in paths})
    for name in [*COPIES.values(), *here] if keep else ["."]:
        shutil.rmtree(tree / name, ignore_errors=True)
    for path in paths:
        # Where the tests run, they compare the code with other files as well.
        targets = [] if path.is_relative_to(HIDDEN) else [tree / "mutants" / path]
        for name, target in COPIES.items():
            if path.is_relative_to(name):
                targets.append(tree / target / path.relative_to(name))
        for copy in targets:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, copy)


def be_patient(settings: Path, busy: float) -> None:
    """Give mutants more time on a busy machine, where slow would be taken for never ending.

    :param settings: the ``pyproject.toml`` that mutmut reads.
    :param busy: how many programs each processor has to run.
    """
    text = settings.read_text()
    if PATIENCE not in text:
        raise ValueError(f"{settings} lacks '{PATIENCE}'")
    settings.write_text(text.replace(PATIENCE, f"timeout_constant = {max(1.0, busy):.1f}"))


def patterns(files: Iterable[str]) -> list[str]:
    """Return mutmut's patterns for the mutants of these files, named as ``plan`` or by path."""
    return [f"*.{Path(name).stem}.x*" for name in files]


def mutants() -> Iterator[Mutant]:
    """Yield every mutant of the tree that is the working directory."""
    # mutmut reads its configuration from the working directory as soon as it is imported.
    from mutmut.mutation.data import SourceFileMutationData
    from mutmut.stats import status_by_exit_code
    from mutmut.utils.file_utils import walk_mutatable_files

    for path in sorted(walk_mutatable_files()):
        data = SourceFileMutationData(path=path)
        data.load()
        for name, exit_code in data.exit_code_by_key.items():
            yield Mutant(path, name, status_by_exit_code[exit_code])


def difference(mutant: Mutant) -> str:
    """Return what was changed, as a unified diff."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    return get_diff_for_mutant(mutant.name, path=mutant.path)


def score(found: Iterable[Mutant]) -> float:
    """Return how many of 100 mutants are killed."""
    outcomes = [mutant.killed for mutant in found]
    return 100 * sum(outcomes) / len(outcomes) if outcomes else 0.0


def table(found: Iterable[Mutant]) -> list[str]:
    """Return one line a file, and a last one for all."""
    found = list(found)
    rows = [
        (path.stem, [mutant for mutant in found if mutant.path == path])
        for path in sorted({mutant.path for mutant in found})
    ]
    lines = []
    for name, members in [*rows, ("total", found)]:
        words = ", ".join(
            f"{number} {word}" for word, number in Counter(m.status for m in members).items()
        )
        lines.append(f"{name:18}{score(members):6.1f} %  {len(members):5} mutants: {words}")
    return lines


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help="only these, such as plan")
    chosen = patterns(parser.parse_args(arguments).files)
    copy_tree(TREE, keep=bool(chosen))
    processors = os.cpu_count() or 1
    busy = os.getloadavg()[0] / processors + LANES
    be_patient(TREE / "pyproject.toml", busy)
    os.chdir(TREE)
    command = ["mutmut", "run", "--max-children", str(LANES * processors), *chosen]
    with Path("mutmut.log").open("w") as log:
        # No unit test uses a plugin of pytest, and to find them takes a third of the time of most
        # mutants.  With CI, Hypothesis tries the same examples in each run.
        environment = {
            **os.environ,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "CI": "true",
            mutant_limit.PATIENCE: f"{busy:.1f}",
        }
        ended = subprocess.run(
            command, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False
        )
    found = [
        mutant
        for mutant in mutants()
        if not chosen or any(fnmatch(mutant.name, pattern) for pattern in chosen)
    ]
    if ended.returncode or not found:
        print(Path("mutmut.log").read_text()[-5000:])
        print(f"mutation: mutmut ended with {ended.returncode}", file=sys.stderr)
        return 1
    for mutant in found:
        if not mutant.killed:
            print(f"--- {mutant.name}: {mutant.status}\n{difference(mutant)}")
    print("\n".join(table(found)))
    if score(found) < LEAST:
        print(f"mutation: less than {LEAST:.0f} % of the mutants are killed", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
