# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""S3 keeps the parts of an object uploaded in parts in ``BUCKET+segments``."""

from __future__ import annotations

from tests.integration.conftest import Options
from tests.integration.large_objects.manifests import (
    manifest_of,
)
from tests.integration.pair import Pair, counts
from tests.integration.s3 import PART, S3


def test_is_copied_as_it_is_and_a_second_run_asks_nothing(pair: Pair, destination: Options) -> None:
    parts = [b"1" * PART, b"2" * 1000]
    S3(pair.lab).upload(pair.name, "scan", parts, x_amz_meta_kind="parts")
    to = "to-" + pair.name
    pair.destination.put_container(to)
    options = {
        "source": {**destination, "container": pair.name},
        "destination": {**destination, "container": to},
    }
    assert counts(pair.sync(**options)) == {"copied": 1}
    assert pair.destination.get(to, "scan") == b"".join(parts)
    copied = pair.destination.head(to, "scan")
    assert copied["x-object-meta-kind"] == "parts"
    assert copied["etag"] == pair.destination.head(pair.name, "scan")["etag"]
    assert {line["name"].split("/")[1] for line in manifest_of(pair.destination, to, "scan")} == {
        f"{to}+segments"
    }
    log = pair.lab.access_log("destination")
    mark = log.mark()
    assert counts(pair.sync(**options)) == {"kept": 1}
    assert log.object_requests(mark) == []
