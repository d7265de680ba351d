# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A dossier of what real runs have recorded."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._history.run_record import (
    read_record,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_page import page
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_plots import plots

from tests.integration.comparison.findings import Compare
from tests.integration.pair import Pair, fill
from tests.unit.plugins.plugin_utils.parsed import Parsed
from tests.unit.plugins.plugin_utils.records import content

HOSTILE = "<script>alert(1)</script>\u202e"


def test_it_tells_what_a_copy_and_a_comparison_did(
    pair: Pair, compare: Compare, tmp_path: Path
) -> None:
    fill(pair, 8)
    pair.source.put(pair.name, HOSTILE, b"hostile")
    copied = pair.sync()
    proved = compare(level="content", state_dir=str(tmp_path / "state"))
    records = [read_record(Path(result["record"])) for result in (copied, proved)]
    told = content(*records)
    assert told["verdict"] == "ok", told["summary"]
    assert (told["moved"]["objects"], told["moved"]["bytes"]) == (9, 807)
    assert told["proof"]["source"] == told["proof"]["destination"] == proved["source"]
    assert told["source"]["container"] == told["destination"]["container"] == pair.name
    assert told["sizes"] and told["latencies"] and told["slowest"]
    made = Parsed(page(told, plots(told), "dossier.json"))
    assert "script" not in made.tags
    assert proved["source"]["sha256"] in made.text
    assert "<script>alert(1)</script>\\u202e" in made.text
