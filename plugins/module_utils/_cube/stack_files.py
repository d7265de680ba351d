# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The files of a stack: the user's, and an override of our own, which is deployed last."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OVERRIDE = "stack.cube-storage.yml"

SWITCHED = "fnndsc.swift-migration.storage"
"""A label of the services that were deployed with the override."""


@dataclass(frozen=True)
class StackFiles:
    """The files of a stack.

    :ivar configured_files: those that the user deploys it from.
    """

    configured_files: Sequence[Path]

    @property
    def override_path(self) -> Path:
        """Where the override is, or would be."""
        return self.configured_files[0].parent / OVERRIDE

    def present(self) -> list[Path]:
        """The user's files, and the override if it is there."""
        path = self.override_path
        return [*self.configured_files, *([path] if path.exists() else [])]

    def override(self, wanted: Mapping[str, Mapping[str, str]]) -> bytes:
        """The content of the override.

        :param wanted: for each service the variables it is to get.
        """
        services = {
            service: {
                "environment": {name: v.replace("$", "$$") for name, v in values.items()},
                "deploy": {"labels": {SWITCHED: "new"}},
            }
            for service, values in wanted.items()
        }
        text = json.dumps(self.versioned({"services": services}), indent=2, ensure_ascii=False)
        head = "# Written by fnndsc.swift_migration.cube_storage, which also removes it.\n"
        return f"{head}# It holds secrets, and wins over env files.\n{text}\n".encode()

    def overridden(self, service: str) -> dict[str, str] | None:
        """The variables that the override gives to a service; None without an override."""
        if not self.override_path.exists():
            return None
        text = self.override_path.read_text()
        described = json.loads(text[text.index("{") :])["services"].get(service, {})
        values = described.get("environment", {})
        return {name: value.replace("$$", "$") for name, value in values.items()}

    def versioned(self, content: dict[str, Any]) -> dict[str, Any]:
        """`content` with the version of the stack's first file: all of them must have the same."""
        text = self.configured_files[0].read_text()
        found = re.search(r"""^["'\s{]*version["']?\s*:\s*["']?([\d.]+)""", text, re.MULTILINE)
        return {**({"version": found[1]} if found else {}), **content}


def named(files: Sequence[Path]) -> list[str]:
    """Docker's options for these files."""
    return [word for path in files for word in ("--compose-file", str(path))]
