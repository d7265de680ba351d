# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ports that no two labs share."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.servers import ports


def test_each_name_has_a_port_of_its_own() -> None:
    chosen = ports.choose()
    assert tuple(chosen) == ports.NAMES
    assert len(set(chosen.values())) == len(ports.NAMES)


def test_a_port_on_which_somebody_listens_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not ports.is_free(server.getsockname()[1])


def test_a_port_that_another_lab_has_reserved_is_not_free() -> None:
    port = ports.choose(["one"])["one"]
    with ports.reserve(port):
        assert not ports.is_free(port)
        with pytest.raises(OSError, match="in use"):
            ports.reserve(port)
    assert ports.is_free(port)


def test_free_ports_are_remembered(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    assert ports.remembered(file) == ports.remembered(file) == json.loads(file.read_text())


def test_a_taken_port_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    before = ports.remembered(file)
    with ports.reserve(before["keystone"]):
        after = ports.remembered(file)
    assert after["keystone"] != before["keystone"]
    assert ports.load(file) == after
