# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One writer: the lease is taken, kept, refused, lost and given back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration import lease_keeper
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.lease import (
    HEADER,
    Lease,
    later,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.lease_keeper import (
    LeaseError,
    LeaseKeeper,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_stat import (
    ContainerStat,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer
from tests.unit.plugins.module_utils.fakes.object_store import ObjectStore

LOOK, PAUSE, RENEWAL = 0.02, 0.2, 0.05
PHASE = "x-container-meta-migration-phase"

MakeKeeper = Callable[..., LeaseKeeper]


def refuse_in_use(headers: Mapping[str, str]) -> str:
    return "is in use" if headers.get(PHASE) == "cut-over" else ""


@pytest.fixture
def there(destination: ObjectServer) -> ObjectStore:
    store = ObjectStore()
    destination.script = store
    return store


@pytest.fixture
def keeper(destination: ObjectServer, there: ObjectStore) -> Iterator[MakeKeeper]:
    """Makes keepers, and gives all their leases back in the end."""
    made: list[LeaseKeeper] = []

    def make(place: str = "here", pause: float = PAUSE) -> LeaseKeeper:
        keeper = LeaseKeeper(
            destination.container,
            "swift_sync",
            place,
            refuse_in_use,
            pause=pause,
            look=LOOK,
            renewal=RENEWAL,
        )
        made.append(keeper)
        return keeper

    yield make
    for each in made:
        each.release()


def lease_in(there: ObjectStore) -> Lease | None:
    return Lease.of(there.containers["c"])


def stat(destination: ObjectServer) -> ContainerStat:
    found = destination.container().stat()
    assert found is not None
    return found


def put_lease(there: ObjectStore, destination: ObjectServer, seconds: float, place: str) -> Lease:
    now = stat(destination).now()
    lease = Lease("f" * 16, place, "swift_sync on laptop, process 7", now, later(now, seconds))
    there.containers["c"].update(lease.headers())
    return lease


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_it_is_taken_before_the_first_write_and_given_back(
    there: ObjectStore, keeper: MakeKeeper
) -> None:
    with keeper() as lease:
        assert lease_in(there) is None
        lease.write()
        held = lease_in(there)
        assert held is not None
        assert held.owner.startswith("swift_sync on ")
        assert held.since < held.until
    assert lease_in(there) is None


def test_a_run_that_writes_nothing_asks_nothing(
    destination: ObjectServer, keeper: MakeKeeper
) -> None:
    with keeper():
        pass
    assert destination.asked == []


def test_it_is_renewed_while_the_run_goes_on(there: ObjectStore, keeper: MakeKeeper) -> None:
    with keeper() as lease:
        lease.write()
        first = lease_in(there)
        assert first is not None
        until(lambda: (lease_in(there) or first).until > first.until)
        lease.write()


def test_a_second_run_is_refused_with_who_writes_since_when(
    destination: ObjectServer, there: ObjectStore, keeper: MakeKeeper
) -> None:
    with keeper("here") as first:
        first.write()
        held = lease_in(there)
        assert held is not None
        with pytest.raises(LeaseError, match=r"^destination.container: another run writes") as told:
            keeper("elsewhere").check_free(stat(destination))
        assert held.owner in str(told.value)
        assert held.since[:19] in str(told.value)
        first.write()


def test_of_two_that_begin_at_the_same_moment_one_writes(keeper: MakeKeeper) -> None:
    both = [keeper("here"), keeper("elsewhere")]
    together = threading.Barrier(2)
    ended: list[str] = []

    def begin(lease: LeaseKeeper) -> None:
        together.wait()
        try:
            lease.write()
            ended.append("writes")
        except LeaseError:
            ended.append("refused")

    threads = [threading.Thread(target=begin, args=(lease,)) for lease in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["refused", "writes"]


def test_a_claim_that_takes_too_long_is_made_again(
    destination: ObjectServer, there: ObjectStore, keeper: MakeKeeper
) -> None:
    """Somebody may have seen that nobody writes, claimed, and looked, before it was written."""
    slow = [0.3]

    def script(asked: Asked) -> Answer:
        if asked.method == "POST" and slow:
            time.sleep(slow.pop())
        return there(asked)

    destination.script = script
    keeper(pause=0.2).write()
    assert len([asked for asked in destination.asked if asked.method == "POST"]) >= 2


def test_many_threads_take_it_once(destination: ObjectServer, keeper: MakeKeeper) -> None:
    lease = keeper()
    threads = [threading.Thread(target=lease.write) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lease.release()
    claims = {Lease.of(asked.headers) for asked in destination.named("POST")} - {None}
    assert len({claim.run for claim in claims if claim}) == 1


def test_a_lease_that_has_run_out_is_taken_over(
    destination: ObjectServer, there: ObjectStore, keeper: MakeKeeper
) -> None:
    put_lease(there, destination, -5, "elsewhere")
    lease = keeper()
    lease.check_free(stat(destination))
    lease.write()


def test_one_that_a_dead_run_left_is_waited_for(
    destination: ObjectServer, there: ObjectStore, keeper: MakeKeeper
) -> None:
    put_lease(there, destination, 1, "elsewhere")
    lease = keeper()
    lease.check_free(stat(destination))
    lease.write()
    held = lease_in(there)
    assert held is not None
    assert held.run != "f" * 16


def test_one_that_a_dead_run_of_this_place_left_counts_for_nothing_and_is_removed(
    destination: ObjectServer, there: ObjectStore, keeper: MakeKeeper
) -> None:
    put_lease(there, destination, 3600, "here")
    with keeper("here") as lease:
        lease.check_free(stat(destination))
    assert lease_in(there) is None


def test_whoever_lost_it_writes_nothing_more(
    destination: ObjectServer, there: ObjectStore, keeper: MakeKeeper
) -> None:
    with keeper() as lease:
        lease.write()
        other = put_lease(there, destination, 3600, "elsewhere")

        def lost() -> bool:
            try:
                lease.interrupt()
            except LeaseError:
                return True
            return False

        until(lost)
        with pytest.raises(LeaseError, match="another run writes to container 'c': swift_sync on"):
            lease.write()
    assert lease_in(there) == other


def test_a_destination_in_use_meanwhile_ends_the_writes(
    there: ObjectStore, keeper: MakeKeeper
) -> None:
    with keeper() as lease:
        lease.write()
        there.containers["c"][PHASE] = "cut-over"

        def write_until_refused() -> bool:
            try:
                lease.write()
            except LeaseError as error:
                assert "container 'c' is in use; it was not when this run began" in str(error)
                return True
            return False

        until(write_until_refused)


def test_a_destination_in_use_before_the_first_write_allows_none(
    there: ObjectStore, keeper: MakeKeeper
) -> None:
    there.containers["c"][PHASE] = "cut-over"
    with pytest.raises(LeaseError, match="is in use"):
        keeper().write()
    assert HEADER not in there.containers["c"]


def test_a_server_that_is_away_holds_the_writes_up_until_it_is_back(
    destination: ObjectServer,
    there: ObjectStore,
    keeper: MakeKeeper,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lease_keeper, "SECONDS", 0.3)
    monkeypatch.setattr(lease_keeper, "RENEWAL", 0.1)
    away = threading.Event()
    destination.script = lambda asked: Answer(503) if away.is_set() else there(asked)
    lease = keeper()
    lease.write()
    away.set()
    time.sleep(0.4)
    writing = threading.Thread(target=lease.write)
    writing.start()
    writing.join(0.1)
    assert writing.is_alive()
    away.clear()
    writing.join(20)
    assert not writing.is_alive()


def test_a_server_that_stays_away_ends_them(
    destination: ObjectServer,
    there: ObjectStore,
    keeper: MakeKeeper,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lease_keeper, "SECONDS", 0.3)
    monkeypatch.setattr(lease_keeper, "RENEWAL", 0.1)
    monkeypatch.setattr(lease_keeper, "PATIENCE", 0.1)
    away = threading.Event()
    destination.script = lambda asked: Answer(503) if away.is_set() else there(asked)
    lease = keeper()
    lease.write()
    away.set()
    time.sleep(0.4)
    with pytest.raises(LeaseError, match="could not be renewed"):
        lease.write()
