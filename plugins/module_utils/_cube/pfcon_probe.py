# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A program run inside a service of CUBE: which in-network pfcons does it know, do they answer?

It also tells how CUBE names the jobs that they run.

It is sent as :mod:`storage_probe` is, and under the same limits.  It runs in the folder where
CUBE's ``manage.py`` is.  The last line that it prints is a JSON object: ``pfcons``, a list of
``name``, ``url`` and ``answer`` (an HTTP status, or what went wrong), and ``job_prefix``, or
``error``.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

SETTINGS = "DJANGO_SETTINGS_MODULE"
SECONDS = 5


def set_up() -> None:
    """Load CUBE's models with its settings."""
    import django

    if not os.environ.get(SETTINGS):
        program = Path("manage.py").read_text()
        named = re.search(SETTINGS + r"""["'], *["']([\w.]+)""", program)
        if named:
            os.environ[SETTINGS] = named[1]
    django.setup()


def in_network() -> list[tuple[str, str]]:
    """Name and URL of each pfcon in CUBE's database that stores files itself."""
    from django.apps import apps

    resources = apps.get_model("plugins", "ComputeResource").objects
    return list(resources.filter(compute_innetwork=True).values_list("name", "compute_url"))


def job_prefix() -> str:
    """How the names of jobs begin; empty in a CUBE that does not have this in its database."""
    from django.apps import apps

    try:
        instances = apps.get_model("core", "ChrisInstance").objects
    except LookupError:
        return ""
    return "".join(list(instances.values_list("job_id_prefix", flat=True))[:1])


def answer(url: str) -> str:
    """What pfcon answers to a request without a login: 200 or 401, when it works."""
    opener = urllib.request.build_opener()
    try:
        with opener.open(url, timeout=SECONDS) as response:
            return str(response.status)
    except urllib.error.HTTPError as error:
        return str(error.code)
    except (OSError, ValueError) as error:
        return str(getattr(error, "reason", error))


def main() -> None:
    """Print what `in_network` found, or why it could not."""
    try:
        set_up()
        pfcons = [{"name": n, "url": url, "answer": answer(url)} for n, url in in_network()]
        told: dict[str, object] = {"pfcons": pfcons, "job_prefix": job_prefix()}
    except Exception as error:  # Django's own, whichever it is; its text may hold a password
        told = {"error": type(error).__name__}
    sys.stdout.write(f"\n{json.dumps(told)}\n")


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
