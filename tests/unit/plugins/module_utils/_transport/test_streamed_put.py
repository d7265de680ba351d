# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A PUT that sends blocks as they may leave, and what its server answers meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pycurl
import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport import (
    streamed_put,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.block_queue import (
    BLOCK,
    BlockQueue,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.curl_handle import (
    Tls,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_client import (
    Http,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    TransportError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.streamed_put import (
    StreamedPut,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    BrokenUploadError,
    Upload,
)

from tests.unit.plugins.module_utils.fakes.object_server import Answer, ObjectServer

pytestmark = pytest.mark.usefixtures("in_time")

BODY = bytes(range(256)) * (2 * BLOCK // 256)
"""Two blocks."""


@pytest.fixture
def blocks() -> BlockQueue:
    """The blocks of the body, of which the last may not leave yet."""
    queue = BlockQueue(lambda _block: None)
    for begin in range(0, len(BODY), BLOCK):
        queue.add(BODY[begin : begin + BLOCK])
    return queue


class Run:
    """Lets libcurl work on a PUT."""

    def __init__(self, put: StreamedPut) -> None:
        self.put = put
        self._multi = pycurl.CurlMulti()
        self._multi.add_handle(put.handle)

    def until(self, holds: Callable[[], bool]) -> None:
        """Work until something holds, and ask for one more block then."""
        while not holds():
            self._multi.perform()
            self._multi.select(0.01)
        self._multi.perform()

    def end(self) -> tuple[int, str] | None:
        """Work to the end; give the code and the text of libcurl's error, if it was one."""
        while True:
            self._multi.perform()
            _queued, done, failed = self._multi.info_read()
            if done:
                return None
            if failed:
                [(_handle, code, text)] = failed
                return code, text
            self.put.resume()
            self._multi.select(0.01)

    def close(self) -> None:
        self._multi.remove_handle(self.put.handle)
        self.put.close()


@pytest.fixture
def run(destination: ObjectServer, blocks: BlockQueue) -> Iterator[Run]:
    put = destination.container().prepare("PUT", "o", headers={"X-Object-Meta-A": "1"})
    running = Run(StreamedPut(Upload(put, len(BODY), None), Http(Tls()), blocks))
    yield running
    running.close()


def failure(run: Run) -> TransportError | None:
    """What the end of the PUT means, which is an error of libcurl."""
    error = run.end()
    assert error is not None
    return run.put.failure(*error)


def test_the_last_block_is_sent_when_it_may_leave(
    destination: ObjectServer, blocks: BlockQueue, run: Run
) -> None:
    page = b"stored" * 20_000  # comes in several pieces
    destination.script = lambda _asked: Answer(201, {"X-Timestamp": "2.0"}, page)
    run.until(lambda: destination.taken == BLOCK)
    assert not run.put.resume()
    assert run.put.status == 0
    blocks.release()
    assert run.put.resume()
    assert not run.put.resume()
    assert run.end() is None
    [asked] = destination.asked
    assert (asked.body, asked.headers["x-object-meta-a"]) == (BODY, "1")
    assert (run.put.status, run.put.response.body) == (201, page)
    assert run.put.response.headers["x-timestamp"] == "2.0"


@pytest.mark.parametrize("status", [300, 413])
def test_a_refusal_counts_though_the_connection_breaks_off_behind_it(
    destination: ObjectServer, blocks: BlockQueue, run: Run, status: int
) -> None:
    blocks.release()
    destination.script = lambda _asked: Answer(status, body=b"Upload exceeds quota.", cut=6)
    assert failure(run) is None
    assert (run.put.response.status, run.put.response.body) == (status, b"Upload")


def test_a_break_tells_how_much_was_sent(
    destination: ObjectServer, blocks: BlockQueue, run: Run
) -> None:
    blocks.release()
    destination.script = lambda _asked: Answer(201, body=b"stored", cut=3)
    error = failure(run)
    assert isinstance(error, BrokenUploadError)
    assert error.sent == len(BODY)
    assert error.message.startswith(f"PUT {destination.url}/v1/AUTH_x/c/o failed: ")


def test_a_connection_that_was_never_made_has_not_broken(blocks: BlockQueue) -> None:
    with ObjectServer().running() as gone:
        put = gone.container().prepare("PUT", "o")
    running = Run(StreamedPut(Upload(put, len(BODY), None), Http(Tls()), blocks))
    error = failure(running)
    running.close()
    assert isinstance(error, TransportError)
    assert not isinstance(error, BrokenUploadError)
    assert error.unanswered == gone.url


@pytest.mark.parametrize(("room", "is_taken"), [(2000, True), (1999, False)])
def test_an_answer_may_be_as_long_as_memory_allows(
    destination: ObjectServer,
    blocks: BlockQueue,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    room: int,
    is_taken: bool,
) -> None:
    monkeypatch.setattr(streamed_put, "MAX_BODY", room)
    blocks.release()
    destination.script = lambda _asked: Answer(201, body=bytes(2000))
    assert (run.end() is None) is is_taken
