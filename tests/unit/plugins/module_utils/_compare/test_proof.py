# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The proof: its digest can be computed by anybody, its file is whole and private."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import socket
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.finding import (
    Finding,
    Fingerprint,
    Sides,
    Verdict,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._compare.proof import (
    FAULTS,
    SAMPLE,
    Proof,
    SideProof,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._version import VERSION

WITHOUT_EXTRAS = FAULTS - {Verdict.EXTRA}


def finding(name: str, verdict: Verdict = Verdict.MATCH) -> Finding:
    one = Fingerprint(3, "aaa")
    other = Fingerprint(4, "bbb") if verdict is Verdict.DIFFER else one
    here = None if verdict in (Verdict.EXTRA, Verdict.GONE) else one
    absent = (Verdict.MISSING, Verdict.DELETED, Verdict.GONE)
    there = None if verdict in absent else other
    return Finding(verdict, name, ("hash",) if verdict is Verdict.DIFFER else (), here, there)


def test_the_digest_is_that_of_the_lines_it_says() -> None:
    side = SideProof()
    side.add("a b", Fingerprint(3, "aaa"))
    side.add("ü\n", Fingerprint(0, "d41d"))
    lines = "a b\0" + "3\0aaa\n" + "ü\n\0" + "0\0d41d\n"
    expected = hashlib.sha256(lines.encode()).hexdigest()
    assert side.result(whole=True) == {"objects": 2, "bytes": 3, "sha256": expected}


@pytest.mark.parametrize(
    ("verdict", "equal", "without_extras"),
    [
        (Verdict.MATCH, True, True),
        (Verdict.GONE, True, True),
        (Verdict.WRITTEN, True, True),
        (Verdict.DELETED, True, True),
        (Verdict.EXPIRED, True, True),
        (Verdict.ACCEPTED, True, True),
        (Verdict.UNREADABLE, False, False),
        (Verdict.EXTRA, False, True),
        (Verdict.MISSING, False, False),
        (Verdict.DIFFER, False, False),
        (Verdict.ERROR, False, False),
    ],
)
def test_only_what_matches_is_equal(verdict: Verdict, equal: bool, without_extras: bool) -> None:
    for counting, expected in ((FAULTS, equal), (WITHOUT_EXTRAS, without_extras)):
        proof = Proof({}, counting)
        proof.add(finding("a"))
        proof.add(finding("b", verdict))
        proof.done = True
        assert proof.equal is expected
        assert proof.unequal == (0 if expected else 1)
        assert proof.faults == ({} if expected else {verdict.value: 1})
        assert [each["name"] for each in proof.differences] == ([] if expected else ["b"])


def test_what_is_not_done_proves_nothing_and_has_no_digest() -> None:
    proof = Proof({})
    proof.add(finding("a"))
    assert proof.equal is False
    assert proof.result()["source"] == proof.result()["destination"] == {"objects": 1, "bytes": 3}


def test_what_does_not_count_crowds_no_fault_out() -> None:
    proof = Proof({}, WITHOUT_EXTRAS)
    for number in range(SAMPLE + 5):
        proof.add(finding(f"{number:03}", Verdict.EXTRA))
    proof.add(finding("lost", Verdict.MISSING))
    assert proof.objects["extra"] == SAMPLE + 5
    assert proof.unequal == 1
    assert [each["name"] for each in proof.differences] == ["lost"]


def test_complete_is_what_is_done_without_a_prefix() -> None:
    assert not Proof({"prefix": ""}).complete
    whole, part = Proof({"prefix": ""}), Proof({"prefix": "a"})
    whole.done = part.done = True
    assert whole.complete
    assert not part.complete


@pytest.mark.parametrize(
    ("verdict", "counted"),
    [
        (Verdict.MATCH, 1),
        (Verdict.DIFFER, 1),
        (Verdict.GONE, 0),
        (Verdict.EXPIRED, 0),
        (Verdict.UNREADABLE, 0),
        (Verdict.ACCEPTED, 0),
        (Verdict.ERROR, 0),
    ],
)
def test_only_what_could_be_looked_at_counts_as_such(verdict: Verdict, counted: int) -> None:
    at_once, later = Proof({}), Proof({})
    at_once.add(finding("a", verdict))
    assert at_once.sampled == 0
    at_once.add(finding("b", verdict), closer=True)
    at_once.add(finding("c"), closer=True)
    later.add(finding("b"))
    later.correct(finding("b", verdict))
    assert at_once.sampled - 1 == later.sampled == counted


def test_digests_agree_exactly_when_everything_matches() -> None:
    proof = Proof({})
    proof.done = True
    proof.add(finding("a"))
    result = proof.result()
    assert len(result["source"]["sha256"]) == 64
    assert result["source"] == result["destination"]
    proof.add(finding("b", Verdict.DIFFER))
    result = proof.result()
    assert result["source"]["sha256"] != result["destination"]["sha256"]


def test_a_closer_look_corrects_a_match() -> None:
    proof = Proof({})
    for name in ("a", "b", "c"):
        proof.add(finding(name))
    proof.correct(finding("a"))
    proof.correct(Finding(Verdict.DIFFER, "b", ("x-object-meta-colour",)))
    assert (proof.objects["match"], proof.objects["differ"]) == (2, 1)
    assert proof.sampled == 2
    assert proof.differences == [
        {"name": "b", "outcome": "differ", "what": ["x-object-meta-colour"]}
    ]


def test_differences_are_bounded() -> None:
    proof = Proof({})
    for number in range(100):
        proof.add(finding(f"{number:03}", Verdict.MISSING))
    assert proof.objects["missing"] == 100
    assert [one["name"] for one in proof.differences] == [f"{n:03}" for n in range(SAMPLE)]


def test_what_is_set_aside_is_told_and_crowds_no_difference_out() -> None:
    proof = Proof({})
    assert proof.notice("old", "new") == ""
    proof.phase, proof.since = "cut-over", "2026-02-01T10:00:00"
    for number in range(100):
        proof.add(finding(f"{number:03}", Verdict.DELETED if number % 2 else Verdict.WRITTEN))
    proof.add(finding("100", Verdict.DIFFER))
    result = proof.result()
    assert result["deleted"] == [f"{number:03}" for number in range(1, 2 * SAMPLE, 2)]
    assert [each["name"] for each in result["differences"]] == ["100"]
    assert (result["phase"], result["since"]) == ("cut-over", "2026-02-01T10:00:00")
    assert proof.notice("old", "new") == (
        "Since the proof of 2026-02-01T10:00:00, the application has written 50 objects to 'new' "
        "and 50 objects of 'old' have gone from there: the application has deleted them, or they "
        "are lost. The first is 001."
    )


def test_what_was_accepted_is_told_by_name_however_much_it_is() -> None:
    proof = Proof({})
    for number in range(SAMPLE + 5):
        name = f"{number:03}"
        proof.add(Finding(Verdict.ACCEPTED, name, ("why",), lost=Sides.SOURCE))
    proof.done = True
    accepted = proof.result()["accepted"]
    assert proof.equal
    assert proof.differences == []
    assert [each["name"] for each in accepted] == [f"{n:03}" for n in range(SAMPLE + 5)]
    assert accepted[0] == {
        "name": "000",
        "outcome": "accepted",
        "what": ["why"],
        "side": "source",
        "status": 404,
    }
    assert proof.notice("old", "new") == (
        "25 objects cannot be read, which was accepted. The first is 000."
    )
    proof.since = "2026-02-01T10:00:00"
    proof.add(finding("a", Verdict.WRITTEN))
    assert proof.notice("old", "new").startswith(
        "Since the proof of 2026-02-01T10:00:00, the application has written 1 objects to 'new'. 25"
    )


def test_symlinks_to_nothing_are_told_once_and_are_no_differences() -> None:
    proof = Proof({})
    for number in range(SAMPLE + 5):
        proof.add(finding(f"{number:03}")._replace(dangling=True))
    proof.correct(finding("000")._replace(dangling=True))
    proof.done = True
    assert proof.equal
    assert proof.result()["dangling"] == [f"{number:03}" for number in range(SAMPLE)]
    assert proof.notice("old", "new") == (
        "25 symlinks lead to nothing at the source, and are the same at the destination. "
        "The first is 000."
    )


@pytest.mark.parametrize(
    ("lost", "side"),
    [
        (Sides.SOURCE, "source"),
        (Sides.DESTINATION, "destination"),
        (Sides.BOTH, "source and destination"),
    ],
)
def test_what_is_unreadable_is_told_with_side_and_status(lost: Sides, side: str) -> None:
    proof = Proof({})
    proof.add(Finding(Verdict.UNREADABLE, "a", ("why",), lost=lost))
    [told] = proof.differences
    assert (told["side"], told["status"], told["what"]) == (side, 404, ["why"])


def test_the_file_says_who_what_and_when_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deeper" / "proof.json"
    proof = Proof({"prefix": "a", "level": "content", "sample": "5%", "seed": "s"})
    proof.add(finding("a"), closer=True)
    proof.done = True
    here = {"container": "A/c@1", "server": "swift 2.38.0"}
    proof.write(str(path), {"source": here, "destination": {"container": "B/d@2"}})
    written = json.loads(path.read_text())
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [left.name for left in path.parent.iterdir()] == ["proof.json"]
    assert (written["equal"], written["problem"]) == (True, "")
    assert "@" in written["by"]
    assert written["begun"] <= written["ended"]
    assert written["begun"].endswith("+00:00")
    assert written["objects"] == proof.objects
    assert (written["phase"], written["since"]) == ("", "")
    assert (written["level"], written["sample"], written["seed"]) == ("content", "5%", "s")
    assert (written["prefix"], written["complete"], written["sampled"]) == ("a", False, 1)
    assert written["collection"] == VERSION
    assert (written["source"]["container"], written["source"]["server"]) == tuple(here.values())
    assert written["destination"]["container"] == "B/d@2"
    assert written["destination"]["sha256"] == proof.result()["destination"]["sha256"]


@pytest.mark.parametrize("error", [KeyError, OSError])
def test_a_user_without_a_name_is_called_by_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def nameless() -> str:
        raise error

    monkeypatch.setattr("getpass.getuser", nameless)
    path = tmp_path / "proof.json"
    Proof({}).write(str(path), {})
    assert json.loads(path.read_text())["by"] == f"{os.getuid()}@{socket.gethostname()}"


def test_names_stand_in_it_as_they_are(tmp_path: Path) -> None:
    proof = Proof({})
    proof.add(finding("ü/日本", Verdict.MISSING))
    proof.write(str(tmp_path / "proof.json"), {})
    assert '"ü/日本"' in (tmp_path / "proof.json").read_text("utf-8")


def test_each_name_counts_in_the_digest_of_its_side() -> None:
    proof, side = Proof({}), SideProof()
    for name in ("a", "b"):
        proof.add(finding(name))
        side.add(name, Fingerprint(3, "aaa"))
    proof.done = True
    assert proof.result()["source"] == proof.result()["destination"] == side.result(whole=True)


def test_a_proof_that_broke_off_says_why_and_is_not_equal(tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    proof = Proof({})
    proof.add(finding("a"))
    proof.problem = "source: no answer"
    proof.write(str(path), {"source": {"container": "A/c@1"}})
    written = json.loads(path.read_text())
    assert (written["equal"], written["problem"]) == (False, "source: no answer")
    assert "sha256" not in written["source"]
    assert written["destination"] == {"objects": 1, "bytes": 3}


def test_a_write_that_fails_leaves_the_proof_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "proof.json"
    path.write_text("old\n")

    def fail(_path: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(MigrationError, match=r"^proof: cannot write .*: No space left"):
        Proof({}).write(str(path), {})
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MigrationError, match=r"^proof: cannot write .*/file/proof.json"):
        Proof({}).write(str(tmp_path / "file" / "proof.json"), {})
