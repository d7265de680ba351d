# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""S3 APIs of other kinds than the lab's, and what is none."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud import s3_endpoint
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.ec2_credentials import (
    Ec2Credential,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.s3_endpoint import (
    S3Endpoint,
    find_region,
    find_s3_url,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.session import (
    LoginSession,
)
from keystoneauth1 import exceptions
from requests import Response

CREDENTIAL = Ec2Credential("AKIDEXAMPLE", "a-secret-key", "p")
BUCKETS = "<ListAllMyBucketsResult/>"


def wrong_region(region: str) -> str:
    return f"<Error><Code>AuthorizationHeaderMalformed</Code><Region>{region}</Region></Error>"


class Cloud:
    """A session before an S3 API that answers one thing after the other, and a catalog."""

    def __init__(self, *answers: tuple[int, str] | Exception, **catalog: str) -> None:
        self.answers = list(answers)
        self.catalog = catalog
        self.asked: list[tuple[str, dict[str, str]]] = []

    def get(self, url: str, headers: dict[str, str], **_options: Any) -> Response:
        self.asked.append((url, headers))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        response = Response()
        response.status_code, response._content = answer[0], answer[1].encode()
        return response

    def get_endpoint(self, *, service_type: str, **_options: Any) -> str | None:
        return self.catalog.get(service_type.replace("-", "_"))

    def login(self, region: str | None = "RegionOne") -> LoginSession:
        options = ConnectionOptions(auth={"auth_url": "https://k/v3"}, region_name=region)
        return LoginSession(self, None, options)  # type: ignore[arg-type]

    def signed_for(self) -> list[str]:
        """The regions of the signatures, in order."""
        return [headers["Authorization"].split("/")[2] for _url, headers in self.asked]


def region(cloud: Cloud, known: str | None = "RegionOne") -> S3Endpoint:
    return find_region(cloud.login(known), "https://s3", CREDENTIAL)


@pytest.mark.parametrize(
    ("catalog", "url"),
    [
        ({"object_store": "https://o:13808/swift/v1/AUTH_p"}, "https://o:13808"),
        ({"object_store": "https://o/v1/AUTH_p", "s3": "https://s3:9000/"}, "https://s3:9000"),
    ],
)
def test_the_url_is_that_of_the_catalog_or_the_root_of_the_object_store(
    catalog: dict[str, str], url: str
) -> None:
    cloud = Cloud(**catalog)
    assert find_s3_url(cloud.login(), cloud.login().options) == url


def test_the_region_of_the_catalog_is_confirmed() -> None:
    cloud = Cloud((200, BUCKETS), (400, wrong_region("RegionOne")))
    assert region(cloud) == S3Endpoint("https://s3", "RegionOne")
    assert cloud.signed_for() == ["RegionOne", "no-such-region"]


def test_an_api_that_takes_any_region_gets_the_one_that_names_no_location() -> None:
    cloud = Cloud((200, BUCKETS), (200, BUCKETS))
    assert region(cloud) == S3Endpoint("https://s3", "us-east-1")


def test_without_a_region_in_the_catalog_nothing_more_is_asked() -> None:
    cloud = Cloud((200, BUCKETS))
    assert region(cloud, None) == S3Endpoint("https://s3", "us-east-1")


@pytest.mark.parametrize("known", ["Mars", None])
def test_an_api_that_wants_another_region_is_believed(known: str | None) -> None:
    cloud = Cloud((400, wrong_region("default")), (200, BUCKETS), (400, ""))
    assert region(cloud, known) == S3Endpoint("https://s3", "default")
    assert cloud.signed_for() == [known or "us-east-1", "default", "no-such-region"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((403, "<Error><Code>InvalidAccessKeyId</Code></Error>"), "403 InvalidAccessKeyId"),
        ((400, "<Error><Code>InvalidRequest</Code></Error>"), "400 InvalidRequest"),
        ((404, "not found"), "answers 404 to"),
        ((200, "<html>Welcome</html>"), "answers 200 to"),
    ],
)
def test_what_does_not_answer_as_an_s3_api_confirms_no_region(
    answer: tuple[int, str], said: str
) -> None:
    found = region(Cloud(answer))
    assert found.region is None
    assert said in str(found.problem)
    assert CREDENTIAL.secret not in str(found.problem)


def test_an_api_that_cannot_make_up_its_mind_is_left_alone() -> None:
    cloud = Cloud((400, wrong_region("a")), (400, wrong_region("b")))
    assert "400 AuthorizationHeaderMalformed" in str(region(cloud).problem)
    assert cloud.answers == []


def test_an_address_where_nobody_answers_is_told() -> None:
    found = region(Cloud(exceptions.ConnectFailure("refused")))
    assert found.problem == "there is no S3 API at https://s3: refused"


def test_an_address_of_the_catalog_that_is_no_url_is_told() -> None:
    cloud = Cloud((200, BUCKETS))
    found = find_region(cloud.login(), "https://[s3", CREDENTIAL)
    assert found.problem == "there is no S3 API at https://[s3: Invalid IPv6 URL"
    assert cloud.asked == []


def test_the_secret_is_not_sent() -> None:
    cloud = Cloud((200, BUCKETS), (403, ""))
    region(cloud)
    url, headers = cloud.asked[0]
    assert url == "https://s3/"
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert CREDENTIAL.secret not in str(headers)


def test_the_signature_names_the_port_in_the_host_as_the_client_sends_it() -> None:
    headers = s3_endpoint._sign("https://s3:9000/prefix", "r", CREDENTIAL)
    assert headers["Host"] == "s3:9000"
