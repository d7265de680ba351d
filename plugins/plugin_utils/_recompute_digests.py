# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Recompute the digest over all objects of each side from listings.  It needs Python 3 alone.

A listing is the JSON of ``swift list --json CONTAINER``, or of each page of ``GET
CONTAINER?format=json``.  A later row of the same name takes the place of an earlier one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path


def digest(files: list[str]) -> dict[str, int | str]:
    """Count objects and bytes, and give the SHA-256 of the lines ``name NUL bytes NUL MD5 LF``."""
    rows = {}
    for file in files:
        listed = json.loads(Path(file).read_text(encoding="utf-8"))
        rows.update({row["name"]: row for row in listed})
    sha256, objects, total = hashlib.sha256(), 0, 0
    for name in sorted(rows):
        if rows[name]["bytes"] is None:  # the server does not give it
            continue
        size = int(rows[name]["bytes"])
        md5 = (rows[name].get("slo_etag") or rows[name]["hash"]).strip('"').lower()
        sha256.update(f"{name}\0{size}\0{md5}\n".encode())
        objects, total = objects + 1, total + size
    return {"objects": objects, "bytes": total, "sha256": sha256.hexdigest()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for side in ("source", "destination"):
        parser.add_argument(f"--{side}", nargs="+", required=True, metavar="LISTING")
    parser.add_argument("--dossier", help="its JSON file, to say whether it tells the same")
    given = parser.parse_args()
    found = {"source": digest(given.source), "destination": digest(given.destination)}
    for side, told in found.items():
        print(
            f"{side:12}{told['objects']} objects, {told['bytes']} bytes, SHA-256 {told['sha256']}"
        )
    if given.dossier:
        proof = json.loads(Path(given.dossier).read_text(encoding="utf-8"))["proof"]
        same = all(
            proof[side][key] == value for side in found for key, value in found[side].items()
        )
        print("the dossier tells the same" if same else "THE DOSSIER TELLS SOMETHING ELSE")
        raise SystemExit(not same)
