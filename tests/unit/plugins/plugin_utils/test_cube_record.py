# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What a run tells of CUBE after each step, each failure and each break, and what to do then."""

from __future__ import annotations

from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._cube_record import (
    AGAIN,
    BACK,
    ENVIRONMENT,
    LOOK,
    SERVICES,
    CubeRecord,
)

RUNNING = {"running": ["chris", "worker"], "storage": "old"}
FINISH = {AGAIN: "finish the cutover", BACK: "go back to the old storage"}
LOST = "; the host cannot be reached any more."


class Told(CubeRecord):
    """A record to which steps are told in short."""

    def look(self, running: list[str], storage: str, host: str = "a") -> Told:
        self.began(host, LOOK, {})
        self.answered(host, LOOK, {}, {"running": running, "storage": storage})
        return self

    def services(self, state: str, running: list[str] | None = None, host: str = "a") -> Told:
        """Without what runs then, the module has not answered."""
        self.began(host, SERVICES, {"state": state})
        if running is not None:
            self.answered(host, SERVICES, {"state": state}, {"running": running})
        return self

    def environment(self, state: str, answered: bool = True) -> Told:
        self.began("a", ENVIRONMENT, {"state": state})
        if answered:
            self.answered("a", ENVIRONMENT, {"state": state}, {})
        return self


def seen() -> Told:
    return Told().look(["chris", "worker"], "old")


def stopped() -> Told:
    return seen().services("stopped", [])


def test_a_look_at_what_would_fail_tells_nothing_of_what_runs() -> None:
    record = seen()
    before = str(record)
    record.began("a", LOOK, {"checks": True})
    record.answered("a", LOOK, {"checks": True}, {"checks": []})
    assert str(record) == before


def test_what_was_not_looked_at_is_as_it_was() -> None:
    record = Told()
    assert str(record) == "CUBE is as it was: this run has not stopped it."
    assert record.next_steps() == {AGAIN: "try again"}
    record.began("a", LOOK, {})
    record.refused("a")
    assert str(record) == "CUBE is as it was: this run has not stopped it."
    assert record.next_steps() == {AGAIN: "try again"}


def test_what_runs_untouched_is_told_with_its_storage() -> None:
    assert str(seen()) == "CUBE runs on the old storage (chris, worker)."
    assert seen().next_steps() == {AGAIN: "try again"}


def test_a_stop_without_an_answer_leaves_open_what_runs() -> None:
    record = seen().services("stopped")
    assert str(record) == (
        "CUBE was told to stop and has not answered: some of it may run, on the old storage."
    )
    assert record.next_steps() == FINISH
    record.refused("a")
    assert "was told to stop and failed: some of it may run" in str(record)


def test_what_is_stopped_is_told_with_what_it_is_set_up_for() -> None:
    assert str(stopped()) == "CUBE is stopped, and set up for the old storage."
    assert stopped().next_steps() == FINISH
    changing = stopped().environment("new", answered=False)
    assert str(changing) == "CUBE is stopped, and set up for the old or the new storage."
    assert str(stopped().environment("old", answered=False)) == str(stopped())
    assert str(stopped().environment("new")) == "CUBE is stopped, and set up for the new storage."


def test_a_start_counts_when_it_was_looked_at() -> None:
    record = stopped().environment("new").services("started")
    assert str(record) == (
        "CUBE was told to start on the new storage and has not answered: some of it may run."
    )
    assert record.next_steps() == FINISH
    record.services("started", ["chris", "worker"])
    assert str(record) == ("CUBE runs on the new storage (chris, worker), and was not checked yet.")
    assert record.next_steps() == FINISH
    record.began("a", LOOK, {})
    record.refused("a")
    assert str(record).endswith("(chris, worker), but a check of it failed.")
    assert record.next_steps() == FINISH
    record.look(["chris", "worker"], "new")
    assert str(record) == "CUBE runs on the new storage (chris, worker)."
    assert record.next_steps() == {BACK: "go back to the old storage"}


def test_a_start_that_failed_is_told_as_such() -> None:
    record = stopped().services("started")
    record.refused("a")
    assert str(record) == (
        "CUBE was told to start on the old storage and failed: some of it may run."
    )


def test_what_was_put_back_after_a_failed_start_is_no_failure() -> None:
    record = stopped().environment("new").services("started")
    record.refused("a")
    record.environment("old").services("started", ["chris", "worker"])
    record.look(["chris", "worker"], "old")
    assert str(record) == "CUBE runs on the old storage (chris, worker)."
    assert record.next_steps() == {AGAIN: "try again"}


def test_a_lost_host_is_told_with_what_was_known() -> None:
    record = stopped()
    record.lost("a")
    record.lost("the mover")
    assert str(record) == "CUBE is stopped, and set up for the old storage" + LOST
    assert record.next_steps() == FINISH
    record = seen()
    record.lost("a")
    assert record.next_steps() == FINISH


def test_a_step_that_was_skipped_did_not_begin() -> None:
    record = seen()
    record.began("a", SERVICES, {"state": "stopped"})
    record.skipped("a")
    assert str(record) == str(seen())
    record.began("b", LOOK, {})
    record.skipped("b")
    assert set(record.hosts) == {"a"}


def test_hosts_that_differ_are_told_one_by_one() -> None:
    record = seen().look([], "old", "b").look([], "old", "c")
    assert str(record) == (
        "CUBE on a runs on the old storage (chris, worker). "
        "CUBE on b, c is stopped, and set up for the old storage."
    )
    assert record.next_steps() == FINISH
    assert str(seen().look(["chris", "worker"], "old", "b")) == str(seen())


def test_what_runs_on_both_storages_can_only_go_back() -> None:
    assert seen().look(["chris"], "new", "b").next_steps() == {BACK: "go back to the old storage"}
    mixed = Told().look(["chris"], "mixed")
    assert str(mixed) == "CUBE runs on the old and the new storage (chris)."
    assert mixed.next_steps() == {BACK: "go back to the old storage"}


def test_a_way_back_goes_on_until_the_old_storage_is_in_use() -> None:
    record = Told().look(["chris"], "new")
    record.returning = True
    assert record.next_steps() == {AGAIN: "go on"}
    record.services("stopped", []).environment("old")
    assert record.next_steps() == {AGAIN: "go on"}
    record.look(["chris"], "old")
    assert record.next_steps() == {}
