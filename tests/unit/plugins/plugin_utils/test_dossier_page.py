# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The page of a dossier: all of it, nothing from elsewhere, and never large."""

from __future__ import annotations

import re

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_page import (
    LONGEST,
    RUNS,
    page,
)
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_plots import (
    Plot,
    plots,
)

from tests.unit.plugins.plugin_utils.parsed import Parsed
from tests.unit.plugins.plugin_utils.records import (
    SHA256,
    Record,
    comparison,
    content,
    copy,
    cutover,
    history,
    run,
)

PLOT = Plot("a plot", '<svg role="img"><text>drawn</text></svg>')
MEGABYTE = 1_000_000


def rendered(*records: Record, drawn: list[Plot] | None = None) -> bytes:
    told = content(*records)
    return page(told, drawn, "dossier.json")


def lines(*records: Record) -> list[str]:
    return Parsed(rendered(*records, drawn=[PLOT])).text.splitlines()


def test_it_tells_each_part() -> None:
    told = lines(*history())
    text = "\n".join(told)
    assert told[0] == "Migration of users to cube-users, 2026-11-29 08:00:00 UTC"
    for part in (
        "container users of account AUTH_chris at https://users.example.org/v1/AUTH_chris",
        "1,552 objects, 701.1 MiB, and 9 segments of large objects",
        "Accepted as lost: 1, by the word of chris@laptop",
        "cutover: stopped from 2026-11-30 14:00:00 UTC to 2026-11-30 14:00:37 UTC, 38.0 s.",
        "they differ by 3 s",
        "all 1,500 are there",
        "python3 recompute_digests.py --source source.json --destination destination.json "
        "--dossier dossier.json",
        "ssh-keygen -Y verify -f signers -I NAME -n swift-migration-dossier "
        "-s dossier.json.sig < dossier.json",
    ):
        assert part in text, part
    assert told.count(SHA256) == 2
    for cell, follows in (("extra", "5"), ("prove", "4.9 s"), ("slow-30", "70.0 MiB")):
        assert told[told.index(cell) + 1] == follows
    assert "Tried again: 6 throttled." in told


def test_it_has_the_script_that_recomputes_the_digests() -> None:
    text = "\n".join(lines(*history()))
    assert "def digest(files: list[str])" in text
    assert "parser.add_argument" in text


def test_a_migration_of_which_little_is_known_has_a_page() -> None:
    text = "\n".join(lines(run("compare", 0, how="unfinished", ended=None, result={})))
    for part in (
        "No comparison of all names has come to its end.",
        "Nothing was accepted as lost.",
        "No run has deleted an object.",
        "No cutover has stopped the application and started it again.",
        "None failed in the last copy.",
        "No cutover knew of a preflight.",
    ):
        assert part in text, part


def test_what_was_found_unequal_or_changed_since_is_told() -> None:
    wrong = {"name": "wrong", "outcome": "differ", "what": ["bytes", "hash"]}
    after = comparison(
        2,
        equal=False,
        differences=[wrong],
        objects={"match": 1, "differ": 1, "written": 204, "deleted": 3},
        since="2026-11-29T09:00:00.5",
        deleted=["gone"],
    )
    text = "\n".join(lines(copy(0), after))
    assert "wrong\ndiffer\nbytes; hash" in text
    assert (
        "Since 2026-11-29 09:00:00 UTC it has written 204 objects there; 3 have gone from there, "
        "the first being gone." in text
    )


def test_without_what_draws_it_says_what_to_install() -> None:
    text = Parsed(rendered(copy(0), drawn=None)).text
    assert "matplotlib is not installed on the controller" in text
    assert "pip install matplotlib" in text


@pytest.mark.security
def test_what_the_records_tell_is_text_and_no_markup() -> None:
    parsed = Parsed(rendered(*history(), drawn=[PLOT]))
    assert "script" not in parsed.tags
    assert parsed.text.count("<script>alert('x')</script>/long-") == 3


@pytest.mark.security
def test_it_asks_for_nothing_from_elsewhere() -> None:
    told = content(*history())
    made = page(told, plots(told), "dossier.json")
    parsed = Parsed(made)
    assert not parsed.tags & {"script", "link", "iframe", "object", "img", "image"}
    assert not parsed.attributes & {"src", "srcset", "action", "onclick", "onload"}
    assert {*re.findall(rb'href="(.)', made)} == {b"#"}
    assert {*re.findall(rb"url\((.)", made)} == {b"#"}
    assert not re.search(rb"@import", made)


def test_it_stays_small_whatever_there_is_to_tell() -> None:
    name = "\x01<&" * 340
    named = [{"name": name, "reason": name, "accepted": False} for _index in range(20)]
    slow = [{"name": name, "bytes": 1, "seconds": 1.0}] * 20
    lost = [{"name": name, "outcome": "accepted", "what": [name]}] * 1000
    wrong = [{"name": name, "outcome": "differ", "what": [name] * 9}] * 20
    failed = [
        copy(
            hours,
            how="failed",
            message=name,
            counts={"failed": 10**9, "deleted": 1},
            result={"failures": named},
            slowest=slow,
            list={},
        )
        for hours in range(1, 300)
    ]
    proof = comparison(300, equal=False, accepted=lost, differences=wrong, notice=name)
    plays = [cutover(hours, failed[hours], message=name) for hours in range(200)]
    told = content(*failed, proof, *plays)
    made = page(told, plots(told), "dossier.json")
    assert len(made) < MEGABYTE
    text = Parsed(made).text
    assert f"The last {RUNS} of 300." in text
    assert max(map(len, text.splitlines())) < LONGEST + 400


def test_it_fits_small_screens_both_colour_schemes_and_paper() -> None:
    made = rendered(copy(0), drawn=[PLOT]).decode()
    for part in (
        'name="viewport" content="width=device-width',
        "@media (prefers-color-scheme: dark)",
        "@media (max-width: 40rem)",
        "@media print",
    ):
        assert part in made
