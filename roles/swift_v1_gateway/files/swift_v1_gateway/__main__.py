# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Serves: ``python -m swift_v1_gateway --keystone-url URL``."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from typing import NoReturn

import waitress

from swift_v1_gateway.allowance import Allowance
from swift_v1_gateway.application import AUTH_PATHS, WAITING, Application
from swift_v1_gateway.channel import Channel
from swift_v1_gateway.identity import Identity
from swift_v1_gateway.options import parse
from swift_v1_gateway.token_cache import TokenCache

THREADS = 3 * WAITING + 8
"""So that some are left for those who need not wait for Keystone."""

log = logging.getLogger("swift_v1_gateway")


def application(options: argparse.Namespace) -> Application:
    """Put together what the options say."""
    identity = Identity(
        options.keystone_url,
        region_name=options.region_name,
        interface=options.interface,
        ca_file=options.ca_file,
        timeout=options.keystone_timeout,
    )
    rate, failures = options.requests_per_second, options.failed_logins_per_minute
    return Application(
        TokenCache(identity.log_in, reuse=options.token_reuse),
        Allowance(rate, max(1.0, 2 * rate)),
        Allowance(failures / 60, max(1.0, failures)),
    )


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    options = parse()
    if options.check:
        return 0
    # The libraries would tell at lower levels what they send.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")
    log.setLevel(logging.INFO)
    host, port = options.listen
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        server = waitress.create_server(
            application(options),
            listen=where,
            threads=THREADS,
            connection_limit=500,
            asyncore_use_poll=True,
            channel_timeout=30,
            max_request_header_size=16384,
            max_request_body_size=1,  # v1 auth has none
            ident="",
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        remedy = "Give an address of this host and a port that is free"
        print(f"swift_v1_gateway: argument --listen: {where}: {reason}. {remedy}", file=sys.stderr)
        return 2
    server.channel_class = Channel
    signal.signal(signal.SIGTERM, _stop)
    log.info("http://%s%s asks %s", where, AUTH_PATHS[0], options.keystone_url)
    server.run()
    return 0


def _stop(_number: int, _frame: object) -> NoReturn:
    # waitress ends its loop, and what is being answered gets its answer.
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
