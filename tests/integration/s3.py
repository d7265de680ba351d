# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""S3 as far as an upload in parts needs it; libcurl signs the requests."""

from __future__ import annotations

import io
import re
from typing import Any

import pycurl

from tests.servers import Lab
from tests.servers.keystone import Keystone

PART = 5 * 1024 * 1024
"""Bytes that every part but the last must have (Swift's ``min_segment_size``, as with AWS)."""


class S3:
    """The S3 API of a lab's destination, with an EC2 credential of its own.

    :param url: that of a gateway that stands in the destination's place.
    """

    def __init__(self, lab: Lab, url: str = "") -> None:
        login: dict[str, Any] = lab.description["destination"]
        keystone = Keystone(
            login["auth_url"], login["username"], login["password"], login["project_name"]
        )
        made = keystone.post(
            f"/users/{keystone.user_id}/credentials/OS-EC2", {"tenant_id": login["project_id"]}
        )["credential"]
        self._login = f"{made['access']}:{made['secret']}"
        self._region = login["region_name"]
        self._url = url or login["storage_url"].partition("/v1/")[0]

    def upload(self, bucket: str, key: str, parts: list[bytes], **headers: str) -> None:
        """Upload an object in parts."""
        path = f"{bucket}/{key}"
        identifier = self._find("UploadId", self._request("POST", f"{path}?uploads=", **headers))
        listed = ""
        for number, part in enumerate(parts, 1):
            query = f"partNumber={number}&uploadId={identifier}"
            answer = self._request("PUT", f"{path}?{query}", part)
            etag = re.search(r'etag: "?(\w+)', answer, re.IGNORECASE)
            assert etag, answer
            listed += f"<Part><PartNumber>{number}</PartNumber><ETag>{etag[1]}</ETag></Part>"
        body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>"
        self._find("ETag", self._request("POST", f"{path}?uploadId={identifier}", body.encode()))

    @staticmethod
    def _find(element: str, answer: str) -> str:
        found = re.search(f"<{element}>(.*?)</{element}>", answer)
        assert found, answer
        return found[1]

    def _request(self, method: str, path: str, body: bytes = b"", **headers: str) -> str:
        answer = io.BytesIO()
        curl = pycurl.Curl()
        curl.setopt(pycurl.URL, f"{self._url}/{path}")
        curl.setopt(pycurl.CUSTOMREQUEST, method)
        curl.setopt(pycurl.POSTFIELDS, body)
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        curl.setopt(pycurl.HTTPHEADER, ["Expect:", *(lines or ["Content-Type:"])])
        curl.setopt(pycurl.AWS_SIGV4, f"aws:amz:{self._region}:s3")
        curl.setopt(pycurl.USERPWD, self._login)
        curl.setopt(pycurl.HEADER, 1)
        curl.setopt(pycurl.WRITEDATA, answer)
        curl.perform()
        curl.close()
        return answer.getvalue().decode()
