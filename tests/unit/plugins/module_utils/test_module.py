# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the engine needs of Ansible: values that are not printed, files replaced, warnings shown."""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args
from ansible_collections.fnndsc.swift_migration.plugins import modules
from ansible_collections.fnndsc.swift_migration.plugins.module_utils import _module
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import HIDDEN, Module

CANARY = "c4nary-in-a-value"

TAKEN = {
    "dotenv": ["values"],
    "cube_environment": ["variables", "pfcon_variables"],
    "cube_services": ["variables", "pfcon_variables"],
    "cube_storage_info": ["variables", "pfcon_variables"],
    "cube_catalogue": ["variables", "pfcon_variables"],
}
"""The modules that print what Ansible would mask, and the options whose values they take out."""

NEEDED: dict[str, dict[str, Any]] = {
    "dotenv": {"path": "/nowhere/secrets.env"},
    "cube_environment": {"state": "new", "env_files": ["/nowhere/secrets.env"]},
    "cube_services": {"state": "stopped", "env_files": ["/nowhere/secrets.env"]},
    "cube_storage_info": {"env_files": ["/nowhere/secrets.env"]},
    "cube_catalogue": {"path": "/nowhere/names", "env_files": ["/nowhere/secrets.env"]},
}


@pytest.fixture
def module() -> Iterator[Module]:
    """A module with a secret option, as those that write env files have it."""
    values = {"values": {"KEY": "s3", "PORT": 80}, "others": {}}
    spec = {name: {"type": "dict", "no_log": True} for name in values}
    with patch_module_args(values):
        yield Module(argument_spec=spec)


def test_values_are_taken_out_of_what_is_printed(module: Module) -> None:
    assert module.no_log_values
    assert module.take_values("values", "others") == [{"KEY": "s3", "PORT": "80"}, {}]
    assert module.params == {"values": dict.fromkeys(("KEY", "PORT"), HIDDEN), "others": {}}
    assert module.no_log_values == set()


@pytest.mark.parametrize(
    ("value", "is_legible"),
    [("copying", True), ("verified s3", False), (17, True), (2801, False), (True, True)],
)
def test_a_word_or_number_in_which_a_secret_occurs_is_not_legible(
    module: Module, value: str | float, is_legible: bool
) -> None:
    with contextlib.ExitStack() as stack:
        if not is_legible:
            stack.enter_context(pytest.raises(MigrationError, match="so short that it occurs"))
        module.check_legible(None, "", value)


@pytest.mark.parametrize("value", [True, 1.5, ["a"], None])
def test_a_value_that_is_no_text_is_named_and_hidden(module: Module, value: Any) -> None:
    module.params["others"] = {"B": value, "C": CANARY}
    with pytest.raises(MigrationError, match=r"^others\.B: the value is of type \w+, not text"):
        module.take_values("values", "others")
    assert CANARY not in str(module.params)


@pytest.mark.security
@pytest.mark.parametrize("name", TAKEN)
def test_no_module_prints_a_value_that_it_takes(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    values = {option: {"KEY": CANARY, "S3_SECRET_KEY": CANARY} for option in TAKEN[name]}
    main = importlib.import_module(f"{modules.__name__}.{name}").main
    with patch_module_args({**NEEDED[name], **values}), pytest.raises(SystemExit):
        main()
    printed = capsys.readouterr().out
    assert CANARY not in printed
    assert json.loads(printed)["invocation"]["module_args"][TAKEN[name][0]]["KEY"] == HIDDEN


@pytest.mark.security
@pytest.mark.parametrize("name", TAKEN)
def test_a_module_that_switches_masking_off_has_no_other_secret(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    specs: list[dict[str, dict[str, Any]]] = []

    def note(_module: AnsibleModule, argument_spec: dict[str, Any], **_more: Any) -> None:
        specs.append(argument_spec)
        raise SystemExit

    monkeypatch.setattr(AnsibleModule, "__init__", note)
    with pytest.raises(SystemExit):
        importlib.import_module(f"{modules.__name__}.{name}").main()
    (spec,) = specs
    assert [option for option, each in spec.items() if each.get("no_log")] == TAKEN[name]


def test_only_these_modules_switch_masking_off() -> None:
    folder = Path(next(iter(modules.__path__)))
    taking = {
        path.stem
        for path in folder.glob("[!_]*.py")
        if "take_values(" in path.read_text() or "storage_switch(" in path.read_text()
    }
    assert taking == set(TAKEN)


def test_a_file_keeps_its_mode_and_a_new_one_is_private(module: Module, tmp_path: Path) -> None:
    kept, new = tmp_path / "kept.env", tmp_path / "new.env"
    kept.write_text("A=1\n")
    kept.chmod(0o640)
    inode = kept.stat().st_ino
    for path in (kept, new):
        module.replace_file(path, b"A=2\n")
        assert path.read_text() == "A=2\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    assert kept.stat().st_ino != inode
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.env", "new.env"]


def test_a_file_stays_its_owners_and_groups(
    module: Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("A=1\n")
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "chown", lambda _path, user, group: given.append((user, group)))
    real = os.stat

    def of_another(*arguments: Any, **options: Any) -> os.stat_result:
        found = real(*arguments, **options)
        if arguments[0] != path:
            return found
        return os.stat_result((*found[:4], 4242, 4343, *found[6:]))

    monkeypatch.setattr(os, "stat", of_another)
    module.replace_file(path, b"A=2\n")
    module.replace_file(tmp_path / "new.env", b"A=2\n")
    assert given[0] == (4242, 4343)
    assert path.read_text() == "A=2\n"


def test_a_file_of_another_user_that_cannot_be_kept_his_is_refused(
    module: Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: Any) -> None:
        raise PermissionError

    path = tmp_path / "secrets.env"
    path.write_text("A=1\n")
    monkeypatch.setattr(os, "chown", refuse)
    mask = os.umask(0o022)
    try:
        with pytest.raises(MigrationError, match="belongs to another user or group") as caught:
            module.replace_file(path, b"A=2\n")
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(mask)
    assert "with become" in str(caught.value)
    assert path.read_text() == "A=1\n"


def test_what_the_engine_warns_of_is_a_warning_of_the_task(
    module: Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(_module, "warn", told.append)
    engine = _module.__name__.rpartition(".")[0]
    logging.getLogger(f"{engine}._cloud.session").warning("100 % in plain text")
    logging.getLogger(f"{engine}._cloud.session").info("no warning")
    logging.getLogger("keystoneauth").warning("not the engine's")
    assert told == ["100 % in plain text"]
