# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Files and folders that this user alone writes, where other users may have been before.

Who may write to a folder can put a link there, under a name that is known beforehand: what is
written to that name would go to any other file of this user.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path


class ForeignFileError(OSError):
    """A file or a folder is not this user's alone.

    :ivar strerror: why.
    """

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(errno.EPERM, why, str(path))


def open_own(path: Path | str, flags: int) -> int:
    """Open a file, made with mode 0600; a device is taken as it is.

    :param flags: of :func:`os.open`.  The file is emptied only after it was looked at.
    :returns: a file descriptor.
    :raises ForeignFileError: it is a link, has other names, or belongs to somebody else.
    :raises OSError: it cannot be opened.
    """
    wanted = flags & ~os.O_TRUNC | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, wanted, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ForeignFileError(path, "it is a symbolic link") from None
        raise
    try:
        found = os.fstat(descriptor)
        if stat.S_ISREG(found.st_mode):
            _check_file(path, found)
            if flags & os.O_TRUNC:
                os.ftruncate(descriptor, 0)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def followed(path: Path | str) -> Path:
    """The file behind a path, all links followed.

    Who makes a link chooses which file is changed, so it may lead to a file of its maker only.

    :raises ForeignFileError: a link on the way was made by somebody else than root, this user, or
        the owner of the file.
    """
    real = Path(os.path.realpath(path))
    if os.path.exists(real):  # noqa: PTH110 - Path.exists fails where a folder cannot be read
        owners = {0, os.geteuid(), real.stat().st_uid}
        for link in _links(Path(path).absolute()):
            maker = link.lstat().st_uid
            if maker not in owners:
                raise ForeignFileError(link, f"it is a link of user {maker} to a file of others")
    return real


def _links(path: Path) -> Iterator[Path]:
    """The links on the way to a file that is there; those behind a link, too."""
    done = Path(path.anchor)
    for part in path.parts[1:]:
        step = done / part
        if step.is_symlink():
            yield step
            yield from _links(done / step.readlink())
        done = Path(os.path.realpath(step))


def make_own_folder(path: Path) -> None:
    """Make a folder with mode 0700, or see that one that is there is this user's alone.

    :raises ForeignFileError: it belongs to somebody else, or others may write to it.
    :raises OSError: it cannot be made.
    """
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = path.stat()
    if found.st_uid not in (os.geteuid(), 0):
        raise ForeignFileError(path, f"the folder belongs to user {found.st_uid}")
    if found.st_mode & 0o022:
        raise ForeignFileError(path, "other users may write to the folder: chmod go-w")


def read_own(path: Path) -> bytes:
    """The bytes of a file that nobody else may have written.

    :raises ForeignFileError: it is a link, is another user's, or others may write to it.
    :raises OSError: it cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ForeignFileError(path, "it is a symbolic link") from None
        raise
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if found.st_uid not in (0, os.geteuid()):
            raise ForeignFileError(path, f"it belongs to user {found.st_uid}")
        if found.st_mode & 0o022:
            raise ForeignFileError(path, "others than its owner may write to it: chmod go-w")
        return file.read()


def replace_own(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put a file in a place at once; a link that is there is replaced itself.

    :raises OSError: it cannot be written.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _check_file(path: Path | str, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise ForeignFileError(path, f"the file belongs to user {found.st_uid}")
    if found.st_nlink > 1:
        raise ForeignFileError(path, "the file has other names, which somebody else may have given")
