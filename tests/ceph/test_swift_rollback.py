# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The way back from a real Ceph, as from NERC, after an application has used it over S3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.ceph.pair import LARGEST, ToCeph
from tests.integration.conftest import Options, RunModule
from tests.integration.large_objects.manifests import put_manifest, put_segments
from tests.integration.pair import counts, fill, next_second
from tests.integration.s3 import PART, S3


@pytest.mark.each_ceph
def test_what_s3_took_in_parts_and_what_has_no_manifest_there_goes_back(
    pair: ToCeph,
    source: Options,
    gateway: Options,
    run_module: RunModule,
    tmp_path: Path,
    is_newer_ceph: bool,
) -> None:
    name = pair.name
    # A POST leaves no trace in a listing of Ceph 18, nor in the object's time.
    posted = () if is_newer_ceph else ("static", "over")
    params = {
        "source": {**source, "container": name},
        "destination": {**gateway, "container": name},
    }
    state = {"state_dir": str(tmp_path / "state")}

    def module(which: str, **options: Any) -> dict[str, Any]:
        done = run_module(which, {**params, **options})
        assert not done.get("failed"), done["msg"]
        return done

    with pair.earlier():
        fill(pair, 3)
        put_manifest(pair, "static", put_segments(pair, 3, "static", f"{name}_segments"))
        pair.source.put(name, "over", bytes(LARGEST + 1))
    pair.sync()
    next_second()
    for phase in ("frozen", "verified", "cut-over"):
        module("migration_phase", phase=phase)

    parts = [*([b"1" * PART] * 4), b"2" * 1000]  # more than is ever held whole
    S3(pair.lab.lab, pair.lab.url).upload(name, "scan", parts, x_amz_meta_kind="parts")
    for large in posted:
        pair.destination.post(name, large, {"X-Object-Meta-Colour": "red"})
    pair.destination.put(name, "plain", b"plain")
    pair.destination.put(f"{name}_segments", "d/1", b"segment")
    pointer = {"X-Object-Manifest": f"{name}_segments/d/"}
    pair.destination.put(name, "dynamic", b"own body", pointer)

    expected = {"copied": 3, "replaced": len(posted), "kept": 5 - len(posted)}
    assert counts(module("swift_rollback", **state)) == {
        outcome: number for outcome, number in expected.items() if number
    }
    assert pair.source.get(name, "scan") == b"".join(parts)
    assert pair.source.head(name, "scan")["x-object-meta-kind"] == "parts"
    for large in posted:
        assert pair.source.head(name, large)["x-object-meta-colour"] == "red"
    for large in ("static", "over"):
        assert pair.source.get(name, large) == pair.destination.get(name, large)
    assert pair.source.get(name, "dynamic") == b"segment"
    assert pair.source.get(name, "dynamic", "multipart-manifest=get") == b"own body"
    again = module("swift_rollback", **state)
    assert (again["changed"], counts(again)) == (False, {"kept": 8})
