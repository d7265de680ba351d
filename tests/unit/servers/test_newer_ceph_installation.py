# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How the programs of a newer Ceph are started on a host with an older C library."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from tests.servers import LabError
from tests.servers.debian_packages import DebianPackages
from tests.servers.newer_ceph_installation import NewerCephInstallation


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where packages were unpacked."""
    roots: list[Path] = []

    def unpack(_self: DebianPackages, _names: object, root: Path, *, dependencies: bool) -> None:
        assert dependencies
        (root / "usr/lib/x86_64-linux-gnu").mkdir(parents=True)
        (root / "usr/share/doc/ceph").mkdir(parents=True)
        roots.append(root)

    monkeypatch.setattr(DebianPackages, "unpack", unpack)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    return roots


def test_they_are_unpacked_once_and_without_what_nobody_reads(
    tmp_path: Path, unpacked: list[Path]
) -> None:
    installation = NewerCephInstallation(tmp_path / "ceph")
    installation.ensure()
    installation.ensure()
    assert unpacked == [tmp_path / "ceph"]
    assert list((tmp_path / "ceph/usr/share").iterdir()) == []


def test_they_run_with_their_own_c_library_which_the_host_s_programs_do_not_see(
    tmp_path: Path, unpacked: list[Path]
) -> None:
    installation = NewerCephInstallation(tmp_path)
    installation.ensure()
    loader, option, places, program = installation.command("radosgw")
    assert loader == f"{tmp_path}/usr/lib64/ld-linux-x86-64.so.2"
    assert option == "--library-path"
    assert f"{tmp_path}/usr/lib/x86_64-linux-gnu" in places.split(":")
    assert program == f"{tmp_path}/usr/bin/radosgw"
    assert installation.command("ceph")[3:] == [
        f"{tmp_path}/usr/bin/python3.13",
        f"{tmp_path}/usr/bin/ceph",
    ]
    assert "LD_LIBRARY_PATH" not in installation.environment


def test_another_processor_is_told_of(
    tmp_path: Path, unpacked: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    with pytest.raises(LabError, match="x86-64 only"):
        NewerCephInstallation(tmp_path / "ceph").ensure()
    assert unpacked == []
