# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""How packages of another release of Debian come, and what is said when they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers import LabError
from tests.servers.debian_packages import DebianPackages

TARGETS = """\
Ubuntu main http://ubuntu.example/ubuntu
Debian non-free http://debian.example/debian
Debian main http://security.example/debian-security
Debian main http://mirror.example/debian
"""

APT = """#!/bin/sh
echo "$@" >> {log}
case "$1" in
indextargets) printf '%s' '{targets}' ;;
--quiet) exec 3< "$APT_CONFIG"; while read -r line <&3; do echo "$line" >> {log}; done ;;
--simulate) printf 'Inst libc6 (2)\\nInst wanted (1)\\nConf wanted (1)\\n' ;;
download) : > wanted.deb ;;
esac
"""
DPKG = """#!/bin/sh
echo unpacked > "$3/$(basename "$2")"
"""
DEBIAN = DebianPackages("trixie", "What is wanted")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What apt was told; nothing else can be run."""
    programs, log = tmp_path / "bin", tmp_path / "log"
    programs.mkdir()
    for name, text in {"apt-get": APT.format(log=log, targets=TARGETS), "dpkg-deb": DPKG}.items():
        (programs / name).write_text(text.replace("$(basename", "$(/usr/bin/basename"))
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    return log


def test_they_come_from_the_mirror_of_this_host(tmp_path: Path, log: Path) -> None:
    root = tmp_path / "root"
    DEBIAN.unpack(["wanted"], root)
    assert [path.name for path in root.iterdir()] == ["wanted.deb"]
    told = log.read_text()
    assert "download wanted\n" in told
    assert "--simulate" not in told
    # Pins of this host's apt must not forbid the other release.
    assert 'Dir::Etc::preferencesparts "/dev/null"' in told


def test_what_they_need_comes_too_when_it_is_asked_for(tmp_path: Path, log: Path) -> None:
    DEBIAN.unpack(["wanted"], tmp_path / "root", dependencies=True)
    assert "download libc6 wanted\n" in log.read_text()


def test_only_a_signed_index_of_the_main_mirror_is_taken(tmp_path: Path, log: Path) -> None:
    root = tmp_path / "root"
    (log.parent / "bin" / "dpkg-deb").write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(LabError, match="dpkg-deb failed for What is wanted"):
        DEBIAN.unpack(["wanted"], root)
    [line] = (root / "apt" / "sources.list").read_text().splitlines()
    assert line.startswith("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ")
    assert line.endswith(" http://mirror.example/debian trixie main")


def test_a_host_without_a_mirror_of_debian_is_told_so(tmp_path: Path, log: Path) -> None:
    (log.parent / "bin" / "apt-get").write_text("#!/bin/sh\n")
    with pytest.raises(
        LabError, match="What is wanted comes from Debian's packages, and apt knows"
    ):
        DEBIAN.unpack(["wanted"], tmp_path / "root")


def test_a_host_without_apt_is_told_so(tmp_path: Path, log: Path) -> None:
    (log.parent / "bin" / "apt-get").unlink()
    with pytest.raises(LabError, match="Debian's packages, and apt-get is not here"):
        DEBIAN.unpack(["wanted"], tmp_path / "root")
