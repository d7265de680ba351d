# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Lines that Swift 2.38's proxies wrote, and what clients had asked of them."""

from __future__ import annotations

from pathlib import Path

from tests.servers.access_log import Request, parse

HERE = Path(__file__).parent


def requests(cluster: str) -> list[Request]:
    lines = (HERE / f"{cluster}-proxy.log").read_text().splitlines()
    return [request for request in map(parse, lines) if request]


def test_every_request_of_a_client_is_found_once_and_no_other() -> None:
    feed = "chris/feed_12/pl-dircopy_34/data"
    assert [(seen.method, seen.container, seen.name) for seen in requests("source")] == [
        ("GET", "", ""),
        ("PUT", "users", "home/chris/everything at once?.csv"),
        ("GET", "users", f"{feed}/static large object.dcm"),
        ("GET", "users", f"{feed}/static large object.dcm"),
        ("GET", "users", "home/chris/odd/what?.txt"),
        ("COPY", "users", "copied"),
        ("GET", "users", "none"),
        ("POST", "", ""),
        ("GET", "users", ""),
    ]


def test_segments_that_the_proxy_reads_for_a_client_are_not_requests_of_the_client() -> None:
    segment = next(
        line
        for line in (HERE / "source-proxy.log").read_text().splitlines()
        if "SLO%20MultipartGET" in line
    )
    assert parse(segment) is None
    assert parse(segment.replace(" SLO - ", " - - ")) is not None


def test_status_and_bytes_are_those_of_the_line() -> None:
    found = {seen.name: seen for seen in requests("source")}
    assert (found["none"].status, found["none"].sent) == (404, 70)
    put = found["home/chris/everything at once?.csv"]
    assert (put.status, put.received, put.sent) == (201, 28, 0)
    assert found["home/chris/odd/what?.txt"].sent == 100


def test_the_query_is_told_apart_from_a_question_mark_in_the_name() -> None:
    found = requests("source")
    assert found[3].query == "multipart-manifest=get"
    assert found[4].query == ""
    assert found[4].path.endswith("/what%3F.txt")


def test_the_destination_logs_the_same_way() -> None:
    assert [(seen.method, seen.status, seen.name) for seen in requests("destination")] == [
        ("GET", 404, "none"),
        ("POST", 200, ""),
    ]


def test_what_is_no_access_line_is_none() -> None:
    assert parse("proxy-server: Starting Keystone auth_token middleware\n") is None
    assert parse("") is None
