# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The command line; nothing of it is secret."""

from __future__ import annotations

import argparse
import math
import ssl
import sys
from collections.abc import Sequence
from typing import NoReturn
from urllib.parse import urlsplit


class _Parser(argparse.ArgumentParser):
    """Tells what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}", file=sys.stderr)
        raise SystemExit(2)


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the options.

    :raises SystemExit: with status 2, after one line that names the option, its value and what to
        write instead.
    """
    parser = _Parser(
        prog="swift_v1_gateway",
        description=(
            "Answers v1 auth, in which an application credential's ID is the user and its secret "
            "the key, with a token from Keystone v3."
        ),
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--keystone-url", type=_keystone_url, required=True, help="ends in /v3")
    add("--region-name", help="of the object store; needed if there are several")
    add("--interface", choices=["public", "internal", "admin"], default="public")
    add("--ca-file", type=_ca_file, help="PEM file of who signed Keystone's certificate")
    add("--listen", type=_address, default=("127.0.0.1", 8080), metavar="ADDRESS:PORT")
    add(
        "--requests-per-second",
        type=_positive,
        default=50.0,
        metavar="NUMBER",
        help="of each client address; twice as many at once",
    )
    add(
        "--failed-logins-per-minute",
        type=_positive,
        default=10.0,
        metavar="NUMBER",
        help="of each client address",
    )
    add(
        "--token-reuse",
        type=_positive,
        default=300.0,
        metavar="SECONDS",
        help="for which a token is given out again; one that Keystone revoked, too",
    )
    add("--keystone-timeout", type=_positive, default=10.0, metavar="SECONDS")
    add("--check", action="store_true", help="check the options, and end")
    return parser.parse_args(arguments)


def _keystone_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _wrong(text, "a URL", "https://keystone.example.org:5000/v3")
    if not parts.path.rstrip("/").endswith("/v3"):
        raise _wrong(text, "the URL of Keystone v3, which ends in /v3", f"{text.rstrip('/')}/v3")
    return text.rstrip("/")


def _ca_file(text: str) -> str:
    try:
        ssl.create_default_context(cafile=text)
    except (OSError, ssl.SSLError) as error:
        tls = isinstance(error, ssl.SSLError)
        reason = "it holds no certificate" if tls else error.strerror
        raise _wrong(text, f"readable ({reason})", "a PEM file with certificates") from error
    return text


def _address(text: str) -> tuple[str, int]:
    host, _colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        host = ""
    if not host or not port.isdecimal() or int(port) > 65535:
        raise _wrong(text, "an address and a port", "127.0.0.1:8080 or [::1]:8080")
    return host, int(port)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise _wrong(text, "a number above 0", "10")
    return number


def _wrong(text: str, what: str, instead: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(f"{text!r} is not {what}. Give for example {instead}")
