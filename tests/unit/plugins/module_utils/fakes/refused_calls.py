# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""A process to which the kernel refuses a system call, as it does on some file systems.

No file system without locks or shared memory can be had everywhere that tests run; seccomp makes
the kernel answer as these do.
"""

from __future__ import annotations

import ctypes
import errno
import multiprocessing
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
LOAD, EQUAL, AND, RETURN = 0x20, 0x15, 0x54, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
ARGUMENTS = 16
"""Where the arguments of a call begin in what a filter sees, each of eight bytes."""

Instruction = tuple[int, int, int, int]


class Call(NamedTuple):
    """A system call of x86-64.

    :param argument: which argument is looked at.  :param mask: which of its bits.
    :param bits: what these must be.
    :param code: what it ends with.
    """

    number: int
    argument: int
    mask: int
    bits: int
    code: int


NO_FLOCK = Call(73, 0, 0, 0, errno.ENOSYS)
"""Lustre that is mounted without ``flock``."""
NO_LOCKF = Call(72, 1, 0xFFFFFFFF, 6, errno.ENOLCK)
"""NFS 3 without its lock daemon: ``fcntl`` with F_SETLK."""
NO_SHARED_MEMORY = Call(9, 3, 1, 1, errno.ENODEV)
"""Several file systems in user space: ``mmap`` with MAP_SHARED."""
READ_ONLY = Call(83, 0, 0, 0, errno.EROFS)
"""One that is mounted read-only: ``mkdir``."""


def refusing(call: Call, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a child to which the kernel refuses these calls, and give its result."""
    with multiprocessing.get_context("fork").Pool(1, _refuse, (call,)) as pool:
        return pool.apply_async(function, arguments).get(60)


def _refuse(call: Call) -> None:
    instructions: list[Instruction] = [
        (LOAD, 0, 0, 0),
        (EQUAL, 0, 4, call.number),
        (LOAD, 0, 0, ARGUMENTS + 8 * call.argument),
        (AND, 0, 0, call.mask),
        (EQUAL, 0, 1, call.bits),
        (RETURN, 0, 0, REFUSE | call.code),
        (RETURN, 0, 0, ALLOW),
    ]
    program = b"".join(struct.pack("HBBI", *each) for each in instructions)
    code = ctypes.create_string_buffer(program)
    # struct sock_fprog: the number of instructions, padded, and their address.
    filter_ = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(instructions), ctypes.addressof(code))
    )
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) or kernel.prctl(SECCOMP, FILTER, filter_, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter")
