# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Where the S3 API of an object store is, and which region its signatures must name.

A client that signs for another region is refused, and CUBE does not start.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .._dependencies import keystone_exceptions
from .._errors import MigrationError
from .connection_options import ConnectionOptions
from .ec2_credentials import Ec2Credential
from .endpoint import find_storage_url
from .session import LoginSession

if TYPE_CHECKING:
    from requests import Response

_ANY = "us-east-1"
"""The region whose clients ask for no location when they make a bucket."""

_NOBODYS = "no-such-region"

_NO_BODY = hashlib.sha256(b"").hexdigest()
_SIGNED = "host;x-amz-content-sha256;x-amz-date"


@dataclass(frozen=True)
class S3Endpoint:
    """An S3 API.

    :param url: without a bucket.
    :param region: what signatures must name; None if the API did not confirm it.
    :param problem: why it did not.
    """

    url: str
    region: str | None = None
    problem: str | None = None


def find_s3_url(login: LoginSession, given: ConnectionOptions) -> str:
    """Take it from the catalog; without a service ``s3`` there, it is the root of the object store.

    :raises MigrationError: as :func:`find_storage_url` does.
    """
    used = login.options
    storage = urlsplit(find_storage_url(login, given))
    wanted = {"interface": used.interface, "region_name": used.region_name}
    try:
        found = login.session.get_endpoint(auth=login.auth, service_type="s3", **wanted)
    except keystone_exceptions.ClientException:
        found = None
    return str(found or f"{storage.scheme}://{storage.netloc}").rstrip("/")


def find_region(login: LoginSession, url: str, credential: Ec2Credential) -> S3Endpoint:
    """Ask the S3 API itself, with a signed request for the list of buckets.

    It refuses a signature for another region with 400, and names its own.  Ceph takes signatures
    for any region, and knows only its zonegroup's as the location of a bucket, which no catalog
    tells.  Then it is the region whose clients name no location.
    """
    region = login.options.region_name or _ANY
    for _attempt in range(2):
        try:
            answer = _list_buckets(login, url, region, credential)
            if _is_list(answer):
                takes_any = region != _ANY and _is_list(
                    _list_buckets(login, url, _NOBODYS, credential)
                )
                return S3Endpoint(url, _ANY if takes_any else region)
        except (keystone_exceptions.ClientException, MigrationError, ValueError) as error:
            return S3Endpoint(url, problem=f"there is no S3 API at {url}: {error}")
        expected = re.search(r"<Region>([^<]+)</Region>", answer.text)
        if answer.status_code != 400 or not expected:
            break
        region = expected[1]
    code = re.search(r"<Code>([^<]+)</Code>", answer.text)
    said = f"{answer.status_code} {code[1] if code else ''}".strip()
    return S3Endpoint(url, problem=f"{url} answers {said} to a request for the list of buckets")


def _list_buckets(
    login: LoginSession, url: str, region: str, credential: Ec2Credential
) -> Response:
    headers = _sign(url, region, credential)
    return login.session.get(
        f"{url}/", authenticated=False, raise_exc=False, redirect=False, headers=headers
    )


def _is_list(answer: Response) -> bool:
    return answer.status_code == 200 and "ListAllMyBucketsResult" in answer.text


def _sign(url: str, region: str, credential: Ec2Credential) -> dict[str, str]:
    """Sign a GET of ``url/`` (AWS Signature Version 4)."""
    parts = urlsplit(url)
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {"Host": parts.netloc, "X-Amz-Content-Sha256": _NO_BODY, "X-Amz-Date": now}
    lines = "".join(f"{name.lower()}:{value}\n" for name, value in headers.items())
    request = f"GET\n{parts.path}/\n\n{lines}\n{_SIGNED}\n{_NO_BODY}"
    scope = (now[:8], region, "s3", "aws4_request")
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{now}\n{'/'.join(scope)}\n{digest}"
    key = f"AWS4{credential.secret}".encode()
    for part in (*scope, text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={credential.access}/{'/'.join(scope)}, "
        f"SignedHeaders={_SIGNED}, Signature={key.hex()}"
    )
    return {**headers, "Authorization": authorization}
