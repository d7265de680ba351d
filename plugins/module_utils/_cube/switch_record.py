# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What is recorded of a switch to the new storage, so that it can be undone.  It holds no secret."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from .._errors import MigrationError
from .._file_replacement import ReplaceFile, back_up, is_copy, prune
from .._own_file import read_own


@dataclass(frozen=True)
class SwitchRecord:
    """What is recorded of a switch, so that it can be undone.

    :ivar target: the storage that CUBE was switched to: backend, URL, container.
    :ivar copies: for each env file the copy that holds what it was before.
    :ivar names: the variables that the switch concerns.
    """

    target: str
    copies: dict[str, str]
    names: list[str]

    def dump(self) -> bytes:
        """The content of the file."""
        return json.dumps(asdict(self), indent=2, sort_keys=True).encode() + b"\n"

    @classmethod
    def load(cls, path: Path) -> SwitchRecord | None:
        """None before a switch.

        :raises MigrationError: it cannot be read.
        """
        try:
            content = json.loads(read_own(path))
            return cls(
                target=str(content["target"]),
                copies={str(k): str(v) for k, v in content["copies"].items()},
                names=[str(name) for name in content["names"]],
            )
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = error.strerror or "it cannot be read"
        except (ValueError, KeyError, TypeError, AttributeError):
            reason = "this role did not write it"
        raise MigrationError(
            f"cannot read {path}: {reason}",
            option="cube_storage_memory",
            remedy="It says which copies hold the old environment. Repair it, or name another file",
        )


@dataclass(frozen=True)
class RecordFile:
    """The file with the record, and the copies of env files that it names.

    :ivar path: the file.
    :ivar env_files: all env files of the switch.
    """

    path: Path
    env_files: Sequence[Path]

    def load(self) -> SwitchRecord | None:
        """Read the record.  Anybody who may write to its folder may have written it.

        :raises MigrationError: it cannot be read, or names a file that is none of the env files.
        """
        record = SwitchRecord.load(self.path)
        for path, copy in record.copies.items() if record is not None else ():
            if Path(path) not in self.env_files:
                problem = f"{path}, which is none of the env files"
            elif not is_copy(Path(copy), Path(path)):
                problem = f"{copy} as the copy of {path}, beside which it is not"
            else:
                continue
            raise MigrationError(
                f"{self.path} names {problem}",
                option="cube_storage_memory",
                remedy="Name all env files of the switch. If you did, somebody else wrote it: "
                "set the old variables by hand",
            )
        return record

    def load_of(self, target: str) -> SwitchRecord | None:
        """What is recorded of a switch to this storage.

        :raises MigrationError: as :meth:`load` does, or it is recorded of another switch.
        """
        record = self.load()
        if record is not None and record.target != target:
            raise MigrationError(
                f"CUBE was switched to another storage before: {record.target}",
                option="cube_storage_container",
                remedy="Undo that with the settings it was made with. If it is to stay, remove "
                f"{self.path}, and with it the way back from there",
            )
        return record

    def keep(
        self,
        target: str,
        names: Collection[str],
        contents: Mapping[Path, bytes],
        changed: Collection[Path],
        *,
        write: ReplaceFile,
        kept: int,
    ) -> None:
        """Keep a copy of each env file that changes, and record the first one of each.

        :param target: the storage that CUBE is switched to.
        :param names: the variables that the switch concerns.
        :param contents: what the env files hold now.
        :param changed: which of them change.
        :param kept: how many copies of each are kept.
        :raises MigrationError: as :meth:`load_of` does, or a file cannot be written.
        """
        record = self.load_of(target) or SwitchRecord(target, {}, [])
        copies = dict(record.copies)
        for path, content in contents.items():
            if path in changed or str(path) not in copies:
                copy = back_up(path, content)
                copies.setdefault(str(path), copy)
        new = replace(record, names=sorted({*record.names, *names}), copies=copies)
        if new != record:
            write(self.path, new.dump())
        for env_file in copies:
            prune(Path(env_file), kept, copies.values())
