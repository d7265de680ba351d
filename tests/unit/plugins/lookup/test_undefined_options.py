# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The lookup undefined_options, on an inventory that Ansible itself reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager
from ansible_collections.fnndsc.swift_migration.plugins.lookup.undefined_options import (
    LookupModule,
    what_is_undefined,
)

INVENTORY = """
movers:
  vars:
    source: {auth: {username: chris, password: "{{ vault_key }}"}, tries: [1, "{{ number }}"]}
    number: 2
    chained: "{{ source.auth.password }}"
    guarded: "{{ vault_key | default('none') }}"
    deep: "{{ vault.old.key }}"
    vault: {old: {}}
    wrong: "{{ lookup('ansible.builtin.file', '/nowhere') }}"
  hosts:
    one: {vault_key: secret}
    two:
"""


@pytest.fixture
def hosts(tmp_path: Path) -> HostVars:
    """The variables of both movers."""
    path = tmp_path / "hosts.yml"
    path.write_text(INVENTORY)
    loader = DataLoader()
    inventory = InventoryManager(loader, sources=[str(path)])
    return HostVars(inventory, VariableManager(loader, inventory), loader)


def undefined(hosts: HostVars, *names: str, of: tuple[str, ...] = ("two",)) -> list[str]:
    lookup = LookupModule(loader=None, templar=Templar(DataLoader()))
    found: list[str] = lookup.run(names, {"hostvars": hosts}, hosts=of)
    return found


def test_a_part_of_a_value_that_refers_to_nothing_is_told_with_what_it_refers_to(
    hosts: HostVars,
) -> None:
    assert undefined(hosts, "source", "chained") == [
        "chained refers to vault_key, which is not set.",
        "source refers to vault_key, which is not set.",
    ]


def test_each_host_has_values_of_its_own(hosts: HostVars) -> None:
    assert undefined(hosts, "source", of=("one",)) == []
    assert undefined(hosts, "source", of=("two", "one")) == undefined(hosts, "source")


def test_what_is_set_or_has_a_default_or_is_no_variable_of_the_host_is_no_fault(
    hosts: HostVars,
) -> None:
    assert undefined(hosts, "number", "guarded", "vault", "of_nobody") == []


def test_what_cannot_be_had_for_another_reason_is_left_to_its_reader(hosts: HostVars) -> None:
    assert undefined(hosts, "wrong") == []


def test_a_part_of_another_value_is_told_in_the_words_of_ansible(hosts: HostVars) -> None:
    (sentence,) = undefined(hosts, "deep")
    assert sentence.startswith("deep refers to something that is not set: ")
    assert "'key'" in sentence
    assert "\n" not in sentence


@pytest.mark.security
@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("'dict object' has no attribute 'key'", ": 'dict object' has no attribute 'key'"),
        ("list object has no element 1", ": list object has no element 1"),
        ("something else", ""),
    ],
)
def test_a_value_that_refers_to_it_is_not_shown(end: str, why: str) -> None:
    told = what_is_undefined(f"{{'auth': {{'password': 'Pw1kq', 'user': '{{{{ a.b }}}}'}}}}: {end}")
    assert told == f"refers to something that is not set{why}."
