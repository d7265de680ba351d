# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Digests recomputed from listings, without the collection, are those of its proofs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    Fingerprint,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.proof import SideProof

SCRIPT = Path(__file__).parents[4] / "plugins" / "plugin_utils" / "_recompute_digests.py"
Rows = list[dict[str, Any]]


def row(name: str, size: int, md5: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "bytes": size, "hash": md5, "content_type": "a/b", **more}


HERE: Rows = [
    row("a", 1, "0cc175b9c0f1b6a831c399e269772661"),
    row("jürgen/😀", 20, "0CC175B9C0F1B6A831C399E269772661"),
    row("z", 3, "ee", slo_etag='"92eb5ffee6ae2fec3ad71c777531578f"'),
]
PROVED = [
    ("a", Fingerprint(1, "0cc175b9c0f1b6a831c399e269772661")),
    ("jürgen/😀", Fingerprint(20, "0cc175b9c0f1b6a831c399e269772661")),
    ("z", Fingerprint(3, "92eb5ffee6ae2fec3ad71c777531578f")),
]


def proved(*objects: tuple[str, Fingerprint]) -> dict[str, Any]:
    proof = SideProof()
    for name, fingerprint in sorted(objects):
        proof.add(name, fingerprint)
    return proof.result(whole=True)


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(name: str, content: object) -> str:
        path = tmp_path / name
        path.write_text(json.dumps(content))
        return str(path)

    return write


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it isolated, so that it cannot import the collection."""
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *arguments], capture_output=True, text=True, check=False
    )


def line(side: str, found: dict[str, Any]) -> str:
    return f"{side:12}{found['objects']} objects, {found['bytes']} bytes, SHA-256 {found['sha256']}"


def test_both_digests_are_those_of_the_collection(write: Any) -> None:
    pages = [write("1.json", HERE[2:]), write("2.json", HERE[:2])]
    done = run("--source", *pages, "--destination", write("there.json", HERE[:1]))
    assert done.stdout.splitlines() == [
        line("source", proved(*PROVED)),
        line("destination", proved(PROVED[0])),
    ]
    assert done.returncode == 0


def test_what_a_head_tells_takes_the_place_of_what_the_listing_shows(write: Any) -> None:
    heads = [{"name": "a", "bytes": 9, "hash": '"ab"'}, {"name": "z", "bytes": None}]
    listing = write("here.json", HERE)
    done = run("--source", listing, write("heads.json", heads), "--destination", listing)
    expected = proved(("a", Fingerprint(9, "ab")), PROVED[1])
    assert done.stdout.splitlines()[0] == line("source", expected)


@pytest.mark.parametrize(("size", "status"), [(1, 0), (2, 1)])
def test_it_tells_whether_a_dossier_says_the_same(write: Any, size: int, status: int) -> None:
    listing = write("here.json", HERE[:1])
    told = proved(("a", Fingerprint(size, PROVED[0][1].md5)))
    dossier = write("dossier.json", {"proof": {"source": proved(PROVED[0]), "destination": told}})
    done = run("--source", listing, "--destination", listing, "--dossier", dossier)
    assert done.returncode == status
    assert done.stdout.splitlines()[-1] == (
        "THE DOSSIER TELLS SOMETHING ELSE" if status else "the dossier tells the same"
    )
