# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Whose certificates are trusted, by the login and by what moves the bytes alike."""

from __future__ import annotations

import os
from pathlib import Path

SYSTEM = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)
"""Where a system keeps those that it trusts, its administrator's own among them."""

VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""Variables of the environment that name others, the first that is set."""


def trusted(ca_cert: str | None = None) -> str:
    """Return the path of the authorities to trust: a file, or a folder of files.

    :param ca_cert: what the user gave.  Otherwise a variable of the environment counts, then the
        system's store, then certifi's.
    """
    named = ca_cert or next((os.environ[name] for name in VARIABLES if os.environ.get(name)), "")
    if named:
        return named
    for path in map(Path, SYSTEM):
        if path.is_file() and path.stat().st_size:
            return str(path)
    import certifi

    return certifi.where()
