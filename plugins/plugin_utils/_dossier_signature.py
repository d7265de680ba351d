# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A detached signature with an SSH key of the user's, as ``ssh-keygen -Y`` makes and checks it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

NAMESPACE = "swift-migration-dossier"
"""What a signature is for: one that was made for something else does not hold for it."""

TIMEOUT = 30.0
"""Seconds; a token that waits for a touch is given up after that."""


class SignatureError(Exception):
    """Nothing could be signed."""


def signature(content: bytes, key: Path) -> bytes:
    """Sign.

    Nobody is asked for a passphrase: a key that has one must be in the user's ssh-agent.

    :param key: a private key, or the public one of a key in the agent.
    :raises SignatureError: why that is not possible.
    """
    command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", NAMESPACE]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the key is the user's own
            command,
            input=content,
            capture_output=True,
            check=False,
            timeout=TIMEOUT,
            env=os.environ | {"SSH_ASKPASS_REQUIRE": "never"},
            start_new_session=True,  # without a terminal to ask at
        )
    except FileNotFoundError:
        raise SignatureError("ssh-keygen is not here: install OpenSSH's client") from None
    except subprocess.TimeoutExpired:
        raise SignatureError(f"ssh-keygen did not sign with {key} in {TIMEOUT:.0f} s") from None
    if done.returncode or not done.stdout:
        why = " ".join(done.stderr.decode(errors="replace").split())
        raise SignatureError(
            f"ssh-keygen cannot sign with {key}: {why}. A key with a passphrase must be in "
            "ssh-agent; name its public key then"
        )
    return done.stdout
