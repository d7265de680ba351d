# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The command line: what it takes, and what it says of what it does not take."""

from __future__ import annotations

from pathlib import Path

import pytest
from swift_v1_gateway.options import parse

URL = "https://keystone.example.org:5000/v3"


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line that is printed."""
    with pytest.raises(SystemExit) as ended:
        parse(arguments)
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    return told.err.rstrip("\n")


def test_the_url_of_keystone_is_enough() -> None:
    options = parse(["--keystone-url", URL + "/"])
    assert options.keystone_url == URL
    assert options.listen == ("127.0.0.1", 8080)
    assert (options.region_name, options.interface, options.ca_file) == (None, "public", None)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1:80", ("192.0.2.1", 80)),
        ("[::1]:8080", ("::1", 8080)),
        ("localhost:0", ("localhost", 0)),
    ],
)
def test_addresses_are_understood(text: str, address: tuple[str, int]) -> None:
    assert parse(["--keystone-url", URL, "--listen", text]).listen == address


@pytest.mark.parametrize("text", ["8080", ":8080", "host", "host:http", "::1:8080", "a:65536"])
def test_what_is_no_address_is_told(capsys: pytest.CaptureFixture[str], text: str) -> None:
    told = refusal(capsys, "--keystone-url", URL, "--listen", text)
    assert f"--listen: '{text}' is not an address and a port. Give for example 127" in told


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("keystone.example.org", "Give for example https://"),
        (
            "https://keystone.example.org:5000",
            "Give for example https://keystone.example.org:5000/v3",
        ),
        ("http://swift:8080/auth/v1.0", "ends in /v3"),
    ],
)
def test_what_is_not_keystones_url_is_told(
    capsys: pytest.CaptureFixture[str], text: str, remedy: str
) -> None:
    told = refusal(capsys, "--keystone-url", text)
    assert f"--keystone-url: '{text}' is not" in told
    assert remedy in told


def test_a_missing_url_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(capsys).endswith("arguments are required: --keystone-url")


@pytest.mark.parametrize(
    "option",
    ["--requests-per-second", "--failed-logins-per-minute", "--token-reuse", "--keystone-timeout"],
)
@pytest.mark.parametrize("text", ["0", "-1", "many", "nan", "inf"])
def test_what_is_no_number_above_zero_is_told(
    capsys: pytest.CaptureFixture[str], option: str, text: str
) -> None:
    told = refusal(capsys, "--keystone-url", URL, f"{option}={text}")
    assert f"{option}: '{text}' is not a number above 0" in told


def test_a_ca_file_that_is_none_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    option = ("--keystone-url", URL, "--ca-file", str(path))
    assert "is not readable (No such file or directory)" in refusal(capsys, *option)
    path.write_text("no certificate")
    assert "is not readable (it holds no certificate)" in refusal(capsys, *option)


def test_an_option_that_is_misspelled_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    told = refusal(capsys, "--keystone-url", URL, "--region", "RegionOne")
    assert "unrecognized arguments: --region" in told
