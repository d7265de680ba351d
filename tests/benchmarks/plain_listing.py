# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The floor of a comparison: both listings read to their ends and parsed, and nothing else.

python -m tests.benchmarks.plain_listing LAB_JSON CONTAINER NEW_CONTAINER
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from urllib.parse import urlencode

import pycurl

from tests.dataset.client import Account


def count(account: Account, container: str) -> int:
    """Read one listing page by page until an empty one."""
    curl = pycurl.Curl()
    curl.setopt(pycurl.HTTPHEADER, [f"X-Auth-Token: {account.token}"])
    marker, entries = "", 0
    while True:
        body = io.BytesIO()
        query = urlencode({"format": "json", "marker": marker})
        curl.setopt(pycurl.URL, f"{account.url}/{container}?{query}")
        curl.setopt(pycurl.WRITEDATA, body)
        curl.perform()
        if (status := curl.getinfo(pycurl.RESPONSE_CODE)) != 200:
            raise RuntimeError(f"status {status}")
        page = json.loads(body.getvalue())
        if not page:
            return entries
        entries += len(page)
        marker = page[-1]["name"]


def main() -> None:
    lab, old, new = sys.argv[1:]
    description = json.loads(Path(lab).read_text())
    print(count(Account.source(description), old))
    print(count(Account.destination(description), new))


if __name__ == "__main__":
    main()
