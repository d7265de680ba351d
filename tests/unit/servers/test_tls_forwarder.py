# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the TLS forwarder changes in an answer."""

from __future__ import annotations

from tests.servers.tls_forwarder import secure_storage_url


def test_the_storage_url_in_an_answer_becomes_https() -> None:
    answer = b"HTTP/1.1 200 OK\r\nX-Storage-Url: http://127.0.0.1:1/v1/AUTH_a\r\n\r\n"
    assert b"X-Storage-Url: https://127.0.0.1:1/v1/AUTH_a\r\n" in secure_storage_url(answer)


def test_a_body_is_left_alone() -> None:
    text = b"X-Storage-Url: http://127.0.0.1:1/v1/AUTH_a"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 43\r\n\r\n" + text
    assert secure_storage_url(answer) == answer
    assert secure_storage_url(text) == text
