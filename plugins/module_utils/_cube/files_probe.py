# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A program run inside a service of CUBE: which files does its database know?

It is sent as :mod:`pfcon_probe` is, alone, and under the same limits.  The last line that it prints
is a JSON object: ``names``, the base64 of the gzipped names, each in hex and in order, and
``count``, or ``error``.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import sys
from pathlib import Path

SETTINGS = "DJANGO_SETTINGS_MODULE"


def known() -> set[str]:
    """The names in all fields of files, of all models that have a table of their own."""
    import django
    from django.apps import apps
    from django.db.models import FileField

    if not os.environ.get(SETTINGS):
        program = Path("manage.py").read_text()
        named = re.search(SETTINGS + r"""["'], *["']([\w.]+)""", program)
        if named:
            os.environ[SETTINGS] = named[1]
    django.setup()
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, FileField) and not model._meta.proxy:
                rows = model._base_manager.values_list(field.name, flat=True)
                found.update(filter(None, rows.iterator()))
    return found


def main() -> None:
    """Print what was found, or why nothing was."""
    try:
        lines = sorted(name.encode().hex() + "\n" for name in known())
        packed = gzip.compress("".join(lines).encode())
        names = base64.b64encode(packed).decode()
        told: dict[str, object] = {"names": names, "count": len(lines)}
    except Exception as error:  # Django's own, whichever it is; its text may hold a password
        told = {"error": type(error).__name__}
    sys.stdout.write(f"\n{json.dumps(told)}\n")


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
