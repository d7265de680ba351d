# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""One object: everything carried, verified on the way, never a mix, never half."""

from __future__ import annotations

import hashlib
import time
from urllib.parse import unquote

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.metadata_limits import (
    MetadataLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._copy.transfer import Transfer
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.outcome import (
    Kind,
    Outcome,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.listing import (
    ListedObject,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.http_messages import (
    TransportError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.rate_limit import (
    RateLimit,
    RateLimits,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.relay import SMALL
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.resumption import (
    BARREN,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.retry import (
    MAX_UNANSWERED,
    Retry,
    ServerGoneError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.status_errors import (
    StatusError,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._transport.verified_upload import (
    DamagedBytesError,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.plugins.module_utils._copy.transfer.copying import (
    BODIES,
    LARGE_BODY,
    SMALL_BODY,
    entry,
    stored,
    transfer,
)
from tests.unit.plugins.module_utils.fakes.object_server import Answer, Asked, ObjectServer, content

PATIENT = Retry(attempts=9, uniform=lambda _low, _high: 0.0)


@BODIES
def test_takes_one_get_and_one_put(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    source.script = lambda _asked: content(body)
    destination.script = lambda _asked: Answer(201)
    outcome = transfer(source, destination).copy(entry(body))
    assert outcome == Outcome(Kind.COPIED, "o", len(body))
    assert [asked.method for asked in source.asked] == ["GET"]
    assert [asked.method for asked in destination.asked] == ["PUT"]
    assert stored(destination) == [body]
    assert destination.asked[0].headers["etag"] == hashlib.md5(body).hexdigest()  # noqa: S324
    assert destination.asked[0].headers["content-length"] == str(len(body))


@BODIES
def test_carries_the_objects_headers_and_no_others(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    carried = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Encoding": "gzip",
        "Content-Disposition": 'attachment; filename="a b"',
        "Content-Language": "de",
        "Cache-Control": "no-store",
        "Expires": "Thu, 01 Dec 2050 16:00:00 GMT",
        "X-Robots-Tag": "none",
        "X-Delete-At": str(int(time.time()) + 10_000),
        "X-Object-Meta-Mtime": "1600000000.25",
        "X-Object-Meta-Name": "grüße".encode().decode("latin-1"),
    }
    own = {"X-Timestamp": "1.0", "X-Trans-Id": "tx", "X-Object-Meta-Static-Large-Object": "True"}
    source.script = lambda _asked: content(body, **carried, **own)
    destination.script = lambda _asked: Answer(201)
    transfer(source, destination).copy(entry(body))
    sent = destination.asked[0].headers
    expected = {name.lower(): value for name, value in carried.items()}
    assert {name: sent[name] for name in expected} == expected
    assert not {name.lower() for name in own} & sent.keys()


@BODIES
def test_a_copy_may_have_another_name(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    source.script = lambda _asked: content(body)
    destination.script = lambda _asked: Answer(201)
    assert transfer(source, destination).copy(entry(body), "n").name == "o"
    assert source.asked[0].path.startswith("/v1/AUTH_x/c/o?")
    assert destination.asked[0].path == "/v1/AUTH_x/c/n"
    assert stored(destination) == [body]


def test_a_copy_between_two_other_containers_obeys_the_same_limits(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: content(SMALL_BODY, **{"X-Object-Meta-A": "v" * 20})
    destination.script = lambda _asked: Answer(201)
    waits: list[float] = []
    first = Transfer(
        source.container(limits=RateLimits(RateLimit(1, lambda: 0.0, waits.append))),
        destination.container(),
        metadata=MetadataLimits(value=20),
    )
    copier = first.between("here", "there")
    assert copier.relay is first.relay
    assert copier.copy(entry(SMALL_BODY)) == Outcome(Kind.COPIED, "o", len(SMALL_BODY))
    assert source.asked[0].path.startswith("/v1/AUTH_x/here/o?")
    assert destination.asked[0].path == "/v1/AUTH_x/there/o"
    source.script = lambda _asked: content(SMALL_BODY, **{"X-Object-Meta-A": "v" * 21})
    with pytest.raises(MigrationError, match="'a' has 21 bytes, the destination takes 20"):
        copier.copy(entry(SMALL_BODY))
    assert waits == [1.0]


@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
def test_bytes_that_do_not_match_the_sources_etag_are_never_stored(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    source.script = lambda _asked: content(body, ETag="0" * 32)
    with pytest.raises(DamagedBytesError, match="damaged at the source"):
        transfer(source, destination).copy(entry(body))
    assert stored(destination) == []


@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
def test_a_source_that_breaks_off_is_asked_again_and_nothing_partial_is_stored(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    def script(_asked: Asked) -> Answer:
        answer = content(body)
        answer.cut = len(body) // 2 if len(source.asked) < 3 else None
        return answer

    source.script = script
    destination.script = lambda _asked: Answer(201)
    assert transfer(source, destination).copy(entry(body)).kind is Kind.COPIED
    assert stored(destination) == [body]


@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
def test_a_source_that_breaks_off_at_the_same_byte_each_time_does_not_have_the_rest(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    half = len(body) // 2
    source.script = lambda _asked: Answer(200, content(body).headers, body=body, cut=half)
    copier = Transfer(source.container(retry=PATIENT), destination.container())
    outcome = copier.copy(entry(body))
    assert outcome.kind is Kind.UNREADABLE
    assert f"it breaks off after {half:,} bytes each time: " in outcome.reason
    begun = [asked for asked in source.asked if "range" not in asked.headers]
    assert len(begun) == BARREN
    assert stored(destination) == []


@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
def test_a_source_that_breaks_off_elsewhere_each_time_is_an_error(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    def script(_asked: Asked) -> Answer:
        cut = len(body) // 2 + len(source.asked) % 3
        return Answer(200, content(body).headers, body=body, cut=cut)

    source.script = script
    copier = Transfer(source.container(retry=PATIENT), destination.container())
    with pytest.raises(TransportError):
        copier.copy(entry(body))
    assert stored(destination) == []


@pytest.mark.parametrize("status", [422, 503, 409])
@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
def test_a_passing_refusal_of_the_destination_is_tried_again(
    source: ObjectServer, destination: ObjectServer, body: bytes, status: int
) -> None:
    source.script = lambda _asked: content(body)
    destination.script = lambda _asked: Answer(status if len(destination.asked) < 2 else 201)
    assert transfer(source, destination).copy(entry(body)).kind is Kind.COPIED
    assert len(source.asked) == 2


def test_each_side_renews_its_own_token(source: ObjectServer, destination: ObjectServer) -> None:
    def script(asked: Asked) -> Answer:
        return content(SMALL_BODY) if asked.headers["x-auth-token"] == "token-1" else Answer(401)

    source.script = script
    destination.script = lambda _asked: Answer(201)
    assert transfer(source, destination).copy(entry(SMALL_BODY)).kind is Kind.COPIED
    assert (source.tokens, destination.tokens) == (1, 0)


def test_an_object_replaced_since_it_was_listed_is_copied_as_it_is_now(
    source: ObjectServer, destination: ObjectServer
) -> None:
    # Listed as small, now too large to be held whole.
    source.script = lambda _asked: content(LARGE_BODY)
    destination.script = lambda _asked: Answer(201)
    assert transfer(source, destination).copy(entry(SMALL_BODY)).kind is Kind.COPIED
    assert stored(destination) == [LARGE_BODY]


def test_a_new_version_during_the_get_is_never_mixed_with_the_old(
    source: ObjectServer, destination: ObjectServer
) -> None:
    def script(_asked: Asked) -> Answer:
        if len(source.asked) == 1:
            mixed = LARGE_BODY[: len(LARGE_BODY) // 2] + bytes(len(LARGE_BODY) // 2)
            return Answer(200, content(LARGE_BODY).headers, mixed)
        return content(bytes(len(LARGE_BODY)))

    source.script = script
    destination.script = lambda _asked: Answer(201)
    transfer(source, destination).copy(entry(LARGE_BODY))
    assert stored(destination) == [bytes(len(LARGE_BODY))]


def test_an_object_whose_etag_is_not_told_is_not_copied(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: Answer(200, {"Content-Type": "text/plain"}, b"bytes")
    with pytest.raises(MigrationError, match=r"^the source sent no etag, without which nothing"):
        transfer(source, destination).copy(entry(b"bytes"))
    assert destination.asked == []


@pytest.mark.parametrize(
    "mark", [{"X-Static-Large-Object": "True"}, {"X-Object-Manifest": "c_segments/o/"}]
)
@pytest.mark.parametrize("size", [10, 2 * SMALL])
def test_a_manifest_is_recognised_from_the_get_and_not_copied_as_bytes(
    source: ObjectServer, destination: ObjectServer, mark: dict[str, str], size: int
) -> None:
    source.script = lambda _asked: content(b"[]", **mark)
    listed = entry()._replace(size=size)
    assert transfer(source, destination).copy(listed) == Outcome(Kind.LARGE, "o")
    assert destination.asked == []
    assert "multipart-manifest=get" in source.asked[0].path


def test_an_object_that_is_marked_as_no_manifest_is_a_plain_one(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: content(SMALL_BODY, **{"X-Static-Large-Object": "False"})
    destination.script = lambda _asked: Answer(201)
    assert transfer(source, destination).copy(entry(SMALL_BODY)).kind is Kind.COPIED


@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
def test_an_object_that_the_source_refuses_is_a_failure(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    source.script = lambda _asked: Answer(403)
    with pytest.raises(StatusError, match=r"answered 403 to GET .*/v1/AUTH_x/c/o\."):
        transfer(source, destination).copy(entry(body))
    assert destination.asked == []


@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
def test_a_quota_that_is_exceeded_is_fatal(
    source: ObjectServer, destination: ObjectServer, body: bytes
) -> None:
    source.script = lambda _asked: content(body)
    destination.script = lambda _asked: Answer(413, body=b"Upload exceeds quota.")
    with pytest.raises(StatusError, match=r"answered 413 to PUT .*: Upload exceeds") as caught:
        transfer(source, destination).copy(entry(body))
    assert caught.value.fatal


@BODIES
def test_metadata_that_the_destination_does_not_take_is_named_and_nothing_is_sent(
    source: ObjectServer,
    destination: ObjectServer,
    body: bytes,
    capfd: pytest.CaptureFixture[str],
) -> None:
    source.script = lambda _asked: content(body, **{"X-Object-Meta-Long": "v" * 30})
    limited = Transfer(
        source.container(), destination.container(), metadata=MetadataLimits(value=20)
    )
    with pytest.raises(MigrationError, match="'long' has 30 bytes, the destination takes 20"):
        limited.copy(entry(body))
    assert destination.asked == []
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("body", [SMALL_BODY, LARGE_BODY], ids=["small", "large"])
def test_a_destination_that_is_gone_ends_the_run_after_a_few_objects(
    source: ObjectServer, body: bytes
) -> None:
    source.script = lambda _asked: content(body)
    with ObjectServer().running() as gone:
        pass
    copier = transfer(source, gone)
    for _number in range(MAX_UNANSWERED - 1):
        with pytest.raises(TransportError):
            copier.copy(entry(body))
    with pytest.raises(ServerGoneError, match=gone.url):
        copier.copy(entry(body))


def test_a_put_that_stored_nothing_as_what_stands_there_is_younger_is_no_success(
    source: ObjectServer, destination: ObjectServer
) -> None:
    source.script = lambda _asked: content(b"x")
    destination.script = lambda _asked: Answer(202)
    with pytest.raises(StatusError, match="answered 202 to PUT"):
        transfer(source, destination).copy(entry(b"x"))


NAMES = st.text("abcdefgh-0123456789", min_size=1, max_size=20)
VALUES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40
).map(str.strip)


@settings(max_examples=40, deadline=None)
@given(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1),
    st.dictionaries(NAMES, VALUES, max_size=8),
)
def test_any_name_and_any_metadata_arrive_as_they_are(name: str, items: dict[str, str]) -> None:
    metadata = {
        f"X-Object-Meta-{item}": value.encode().decode("latin-1") for item, value in items.items()
    }
    # What http.client strips from a value, no server can send.
    expected = {item.lower(): value.strip() for item, value in metadata.items()}
    with ObjectServer().running() as here, ObjectServer().running() as there:
        here.script = lambda _asked: content(b"bytes", **metadata)
        there.script = lambda _asked: Answer(201)
        found = ListedObject(name, 5, "h", "a/b", "2026-01-01T00:00:00.000000")
        assert transfer(here, there).copy(found).kind is Kind.COPIED
        (put,) = there.asked
    assert unquote(put.path) == f"/v1/AUTH_x/c/{name}"
    sent = {item: value for item, value in put.headers.items() if item.startswith("x-object-meta-")}
    assert {item: value.strip() for item, value in sent.items()} == expected
