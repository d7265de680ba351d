# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Files whose names somebody knew beforehand: nothing is written through what was put there."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.journal import (
    Journal,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.json_lines import (
    JsonLinesFile,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.progress_file import (
    ProgressFile,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.state_dir import (
    state_file,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._own_file import (
    ForeignFileError,
    followed,
    make_own_folder,
    open_own,
    replace_own,
)

pytestmark = pytest.mark.security

PAIR = ("a", "b")


class Progress:
    def state(self, *, done: bool = False) -> dict[str, bool]:
        return {"done": done}


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    path = tmp_path / "victim"
    path.write_text("precious")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "state"
    made.mkdir(0o700)
    return made


Plant = Callable[[Path, Path], None]
PLANTS = pytest.mark.parametrize("plant", [Path.symlink_to, Path.hardlink_to])


@PLANTS
def test_no_link_is_written_through(folder: Path, victim: Path, plant: Plant) -> None:
    plant(folder / "f", victim)
    with pytest.raises(ForeignFileError, match=r"link|other names"):
        open_own(folder / "f", os.O_WRONLY | os.O_TRUNC)
    assert victim.read_text() == "precious"


def test_a_link_to_nothing_makes_nothing(folder: Path, tmp_path: Path) -> None:
    (folder / "f").symlink_to(tmp_path / "new")
    with pytest.raises(ForeignFileError, match="symbolic link"):
        open_own(folder / "f", os.O_WRONLY)
    assert not (tmp_path / "new").exists()


def test_the_file_of_another_user_is_refused_as_it_is(
    victim: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: victim.stat().st_uid + 1)
    with pytest.raises(ForeignFileError, match="the file belongs to user"):
        open_own(victim, os.O_WRONLY | os.O_TRUNC)
    assert victim.read_text() == "precious"


def test_an_own_file_is_private_and_emptied(folder: Path) -> None:
    for content in (b"long", b"new"):
        descriptor = open_own(folder / "f", os.O_WRONLY | os.O_TRUNC)
        os.write(descriptor, content)
        os.close(descriptor)
    assert (folder / "f").read_bytes() == b"new"
    assert stat.S_IMODE((folder / "f").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777, 0o1777])
def test_a_folder_that_others_write_to_is_refused(folder: Path, mode: int) -> None:
    folder.chmod(mode)
    with pytest.raises(ForeignFileError, match="other users may write to the folder"):
        make_own_folder(folder)


def test_the_folder_of_another_user_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = SimpleNamespace(st_uid=65534, st_mode=stat.S_IFDIR | 0o700)
    monkeypatch.setattr(Path, "stat", lambda _path, **_options: found)
    with pytest.raises(ForeignFileError, match="the folder belongs to user 65534"):
        make_own_folder(folder)


def test_a_new_folder_is_private(tmp_path: Path) -> None:
    make_own_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_a_link_in_a_files_place_is_replaced_itself(folder: Path, victim: Path) -> None:
    (folder / "f").symlink_to(victim)
    replace_own(folder / "f", b"new")
    assert victim.read_text() == "precious"
    assert not (folder / "f").is_symlink()
    assert (folder / "f").read_bytes() == b"new"
    assert [*folder.iterdir()] == [folder / "f"]


def test_what_cannot_be_replaced_leaves_nothing_behind(folder: Path) -> None:
    (folder / "f").mkdir()
    with pytest.raises(OSError):
        replace_own(folder / "f", b"new")
    assert [*folder.iterdir()] == [folder / "f"]


@PLANTS
@pytest.mark.parametrize("suffix", [".sqlite", ".lock"])
def test_the_state_is_not_kept_in_another_file(
    folder: Path, victim: Path, plant: Plant, suffix: str
) -> None:
    plant(state_file(str(folder), PAIR, suffix), victim)
    with pytest.raises(MigrationError, match=r"^state_dir: cannot use .*(link|other names)"):
        Journal(str(folder), PAIR).lock(0)
    assert victim.read_text() == "precious"


def test_no_state_is_kept_where_others_write(folder: Path) -> None:
    folder.chmod(0o777)
    with pytest.raises(MigrationError, match=r"^state_dir: .* other users may write"):
        Journal(str(folder), PAIR)
    assert [*folder.iterdir()] == []


@PLANTS
def test_a_list_is_not_written_to_another_file(folder: Path, victim: Path, plant: Plant) -> None:
    plant(folder / "list.jsonl", victim)
    with pytest.raises(MigrationError, match=r"^report: cannot write .*(link|other names)"):
        JsonLinesFile(str(folder / "list.jsonl")).open()
    assert victim.read_text() == "precious"


@PLANTS
@pytest.mark.parametrize("name", ["p.progress", "p.progress.new"])
def test_progress_is_not_written_to_another_file(
    folder: Path, victim: Path, plant: Plant, name: str
) -> None:
    plant(folder / name, victim)
    with ProgressFile(folder / "p.progress", Progress()):
        pass
    assert victim.read_text() == "precious"
    assert json.loads((folder / "p.progress").read_text())["done"]


SYSTEM_FILE = Path("/etc/passwd")


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Path]:
    """Makes a link to a file of root that somebody else seems to have made."""
    if os.geteuid():
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)

    def link(path: Path) -> Path:
        path.symlink_to(SYSTEM_FILE if path.suffix else SYSTEM_FILE.parent)
        if not os.geteuid():
            os.chown(path, 65534, 65534, follow_symlinks=False)
        return path

    return link


@pytest.mark.security
def test_a_link_of_somebody_else_to_a_file_of_root_is_not_followed(
    tmp_path: Path, nobody: Callable[[Path], Path]
) -> None:
    file, folder = nobody(tmp_path / "cube.env"), nobody(tmp_path / "etc")
    (tmp_path / "mine").symlink_to("cube.env")
    for path in (file, folder / "passwd", tmp_path / "mine", tmp_path / "." / "mine"):
        with pytest.raises(ForeignFileError, match=r"a link of user [0-9]+ to a file of others"):
            followed(path)


def test_a_link_of_ones_own_is_followed(tmp_path: Path, victim: Path) -> None:
    (tmp_path / "folder").symlink_to(tmp_path)
    (tmp_path / "link").symlink_to("folder/victim")
    assert followed(tmp_path / "folder" / "link") == followed(victim) == victim
    assert followed(tmp_path / "missing") == tmp_path / "missing"
