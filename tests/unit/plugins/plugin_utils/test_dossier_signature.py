# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What OpenSSH says of a dossier's signature."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils import _dossier_signature
from ansible_collections.fnndsc.swift_migration.plugins.plugin_utils._dossier_signature import (
    SignatureError,
    signature,
)

# As the page of a dossier tells it.
VERIFY = "ssh-keygen -Y verify -f signers -I chris -n swift-migration-dossier -s dossier.json.sig"


def make_key(folder: Path, passphrase: str = "") -> Path:
    key = folder / "key"
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(key)]
    subprocess.run(make, check=True)
    return key


def verified(folder: Path, content: bytes) -> bool:
    """Whether the signer's public key signed this."""
    public = (folder / "key.pub").read_text()
    (folder / "signers").write_text(f"chris {public}")
    done = subprocess.run(
        VERIFY.split(), cwd=folder, input=content, capture_output=True, check=False
    )
    return done.returncode == 0


def test_it_holds_for_what_was_signed_and_for_nothing_else(tmp_path: Path) -> None:
    key = make_key(tmp_path)
    (tmp_path / "dossier.json.sig").write_bytes(signature(b"{}\n", key))
    assert verified(tmp_path, b"{}\n")
    assert not verified(tmp_path, b"{ }\n")


def test_a_key_with_a_passphrase_is_not_asked_for_it(tmp_path: Path) -> None:
    key = make_key(tmp_path, "a passphrase")
    with pytest.raises(SignatureError, match="must be in ssh-agent; name its public key then"):
        signature(b"{}", key)


def test_a_key_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SignatureError, match=rf"cannot sign with {tmp_path}/none: .*No such file"):
        signature(b"{}", tmp_path / "none")


def test_a_token_that_nobody_touches_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ssh-keygen").write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    (tmp_path / "ssh-keygen").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(_dossier_signature, "TIMEOUT", 0.2)
    with pytest.raises(SignatureError, match="did not sign"):
        signature(b"{}", tmp_path / "key")


def test_a_host_without_openssh_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SignatureError, match="install OpenSSH's client"):
        signature(b"{}", tmp_path / "key")
