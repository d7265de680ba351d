# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Where the browser comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers import LabError
from tests.servers.chromium_installation import ChromiumInstallation

APT = """#!/bin/sh
case "$1" in
--simulate) echo 'Inst chromium-headless-shell (156)' ;;
download) echo "$2" >> {log} ;;
esac
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing but an apt-get, and what a test puts there."""
    directory = tmp_path / "bin"
    directory.mkdir()
    (directory / "apt-get").write_text(APT.format(log=tmp_path / "log"))
    (directory / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(directory))
    return directory


def test_that_of_the_host_is_taken_as_it_is(tmp_path: Path, programs: Path) -> None:
    (programs / "chromium").write_text("#!/bin/sh")
    (programs / "chromium").chmod(0o755)
    installation = ChromiumInstallation(tmp_path / "unpacked")
    installation.ensure()
    assert installation.program == programs / "chromium"
    assert "FONTCONFIG_FILE" not in installation.environment
    assert not (tmp_path / "log").exists()


def test_a_host_without_one_gets_that_of_its_distribution_with_a_font(
    tmp_path: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = ChromiumInstallation(tmp_path / "unpacked")
    with pytest.raises(LabError, match="chromium-headless-shell has no /"):
        installation.ensure()
    assert (tmp_path / "log").read_text() == "chromium-headless-shell\n"
    installation.program.parent.mkdir(parents=True)
    installation.program.touch()
    (installation.root / "usr/lib/x86_64-linux-gnu").mkdir()
    installation.ensure()
    assert installation.program.is_relative_to(installation.root)
    found = installation.environment
    assert found["LD_LIBRARY_PATH"].startswith(f"{installation.root}/usr/lib/x86_64-linux-gnu:")
    fonts = Path(found["FONTCONFIG_FILE"]).read_text()
    assert f"<dir>{installation.root}/usr/share/fonts</dir>" in fonts
