# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the storage really holds: a JSON object of names and SHA-256, on standard output.

It reads the objects whose names are in a JSON list on standard input, and those that the storage
lists below a prefix.

Usage: python -m tests.cube.application.digests PREFIX
"""

from __future__ import annotations

import hashlib
import json
import sys

import django


def main(prefix: str) -> None:
    django.setup()
    from django.conf import settings

    found = {}
    for name in sorted({*json.load(sys.stdin), *settings.STORE.names(prefix)}):
        content = settings.STORE.read(name)
        if content is not None:
            found[name] = hashlib.sha256(content).hexdigest()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
