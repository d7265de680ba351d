# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How Ceph's programs come, and what is said when they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers import LabError
from tests.servers.ceph_installation import CephInstallation

APT = """#!/bin/sh
case "$1" in
--simulate) printf 'Inst librados2 (16)\\nInst ceph-mon (16)\\nConf ceph-mon (16)\\n' ;;
download) shift; echo "$@" > {log} ;;
esac
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing but what a test puts there."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    return directory


def test_what_the_host_lacks_is_downloaded_once(tmp_path: Path, programs: Path) -> None:
    log = tmp_path / "log"
    (programs / "apt-get").write_text(APT.format(log=log))
    (programs / "apt-get").chmod(0o755)
    installation = CephInstallation(tmp_path / "ceph")
    installation.ensure()
    assert log.read_text().split() == ["librados2", "ceph-mon"]
    log.unlink()
    installation.ensure()
    assert not log.exists()


def test_a_host_without_apt_is_told_so(tmp_path: Path, programs: Path) -> None:
    with pytest.raises(LabError, match="Debian's packages, and apt-get is not here"):
        CephInstallation(tmp_path / "ceph").ensure()


def test_package_lists_without_ceph_are_told_of_and_nothing_counts_as_installed(
    tmp_path: Path, programs: Path
) -> None:
    (programs / "apt-get").write_text("#!/bin/sh\necho 'E: Unable to locate package' >&2; exit 100")
    (programs / "apt-get").chmod(0o755)
    for _time in range(2):
        with pytest.raises(LabError, match=r"apt-get update.*Unable to locate"):
            CephInstallation(tmp_path / "ceph").ensure()
