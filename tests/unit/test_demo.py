# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the demo tells."""

from __future__ import annotations

import pytest

from tests.dataset.upload import Uploaded
from tests.dataset.verify import Verification
from tests.demo import PlaybookRun, changes, size, summary

RECAP = """
PLAY RECAP *********************************************************************
localhost                  : ok=14   changed=2    unreachable=0    failed=0    skipped=5
mover.example.org          : ok=9    changed=10   unreachable=0    failed=0    skipped=5
"""


@pytest.mark.parametrize(
    ("number", "spelled"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (3 << 20, "3.0 MiB"),
        (138_236_728_345, "128.7 GiB"),
    ],
)
def test_sizes_are_spelled_for_a_person(number: int, spelled: str) -> None:
    assert size(number) == spelled


def test_changes_are_summed_up_over_the_hosts() -> None:
    assert changes(RECAP) == 12
    assert changes(RECAP.replace("localhost", "\x1b[0;33mlocalhost\x1b[0m")) == 12


def test_no_recap_is_not_taken_for_no_change() -> None:
    with pytest.raises(ValueError, match="no recap"):
        changes("PLAY [Copy the container] ***\n")


def test_the_summary_tells_what_was_moved_changed_and_verified() -> None:
    report = {
        "objects": {"copied": 1200},
        "bytes_copied": 5 << 20,
        "seconds": 15.0,
        "objects_per_second": 80.0,
    }
    first = PlaybookRun(20.0, 2, report, 2400)
    second = PlaybookRun(5.5, 0, report, 0)
    text = summary(Uploaded(1200, 5 << 20, 9.0), first, second, Verification(1200, 5 << 20), 12.0)
    assert "1,200 of 1,200 objects, 5.0 MiB, in 15.0 s: 80 objects/s" in text
    assert "5.5 s with Ansible's own time (first: 20.0 s), changed=0" in text
    assert "0 requests for objects" in text
    assert "1,200 objects, 5.0 MiB, read back from both servers in 12.0 s" in text
    assert "0 differences" in text
