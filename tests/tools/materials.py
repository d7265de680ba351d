# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The software bill of materials of a lock file, as CycloneDX has it.

``python -m tests.tools.materials mover`` prints it for ``requirements/mover.lock``.  Licences are
those that the installed packages state.  The hashes of the files are in the lock.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
PIN = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
TROVE = "License :: "


def materials(name: str) -> dict[str, Any]:
    """The bill for ``requirements/NAME.lock``.

    It has neither time nor serial number: the same lock gives the same bill.
    """
    root = {"type": "application", "bom-ref": name, "name": f"fnndsc.swift_migration {name}"}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": root},
        "components": list(_components((REQUIREMENTS / f"{name}.lock").read_text())),
    }


def _components(lock: str) -> Iterator[dict[str, Any]]:
    for name, version in PIN.findall(lock):
        address = f"pkg:pypi/{name}@{version}"
        yield {
            "type": "library",
            "bom-ref": address,
            "name": name,
            "version": version,
            "purl": address,
            "licenses": [_licence(name)],
        }


def _licence(name: str) -> dict[str, Any]:
    """What a package says of itself: an SPDX expression where it has one, else a name.

    :raises PackageNotFoundError: it is not installed here.
    """
    said = distribution(name).metadata
    for expression in said.get_all("License-Expression") or []:
        return {"expression": expression}
    troves = [each for each in said.get_all("Classifier") or [] if each.startswith(TROVE)]
    named = ", ".join(sorted(each.rpartition(" :: ")[2] for each in troves))
    told = [text.partition("\n")[0] for text in said.get_all("License") or []]
    return {"license": {"name": named or ", ".join(told)}}


def main() -> None:
    """Print the bill for the lock that is named.

    :raises SystemExit: a package is not installed here.
    """
    try:
        bill = materials(sys.argv[1])
    except PackageNotFoundError as error:
        raise SystemExit(f"{error.name} is not installed: run make venv") from None
    print(json.dumps(bill, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
