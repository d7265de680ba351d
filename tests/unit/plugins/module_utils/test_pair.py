# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The parameters of the modules that work on two containers."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._migration.phase_change import (
    PhaseOptions,
    change_phase,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._pair import (
    pair_from_params,
    pair_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container_name import (
    SIDES,
    check_names,
)
from ansible_collections.fnndsc.swift_migration.plugins.modules import (
    migration_phase,
    swift_compare,
    swift_rollback,
    swift_sync,
)


def side(container: str) -> dict[str, Any]:
    auth = {"auth_url": "https://k/v3", "token": "t", "password": None}
    return {"container": container, "auth": auth, "cloud": None, "validate_certs": True}


def test_both_sides_ask_for_a_container_and_a_login() -> None:
    spec = pair_options()
    assert list(spec) == ["source", "destination"]
    for option in spec.values():
        assert option["required"]
        assert option["options"]["container"] == {"type": "str", "required": True}
        assert option["options"]["auth"]["options"]["password"]["no_log"]


def test_errors_name_the_side() -> None:
    connections, _options = pair_from_params({"source": side("a"), "destination": side("b")})
    assert [connection.options.label for connection in connections] == ["source", "destination"]


@pytest.mark.parametrize("name", ["", "a/b", "é" * 129, "..", "a\n"])
@pytest.mark.parametrize("which", SIDES)
def test_what_cannot_be_the_name_of_a_container_is_told_by_its_option(
    which: str, name: str
) -> None:
    with pytest.raises(MigrationError, match=rf"^{which}\.container: "):
        check_names(**{"source": "a", "destination": "b", which: name})


def test_what_can_be_the_name_of_a_container_is_taken() -> None:
    check_names("a b", "é" * 128)


@pytest.mark.parametrize("name", ["", "a/b"])
@pytest.mark.parametrize("which", SIDES)
def test_what_cannot_be_a_container_is_refused_before_anybody_is_asked(
    which: str, name: str
) -> None:
    def asked(module: Any) -> dict[str, Any]:
        return {**params(module), which: side(name)}

    runs = [
        swift_compare.make_compare(asked(swift_compare)),
        swift_sync.make_sync(asked(swift_sync), check=False),
        swift_rollback.make_rollback(asked(swift_rollback), check=False),
    ]
    for run in runs:
        with pytest.raises(MigrationError, match=rf"^{which}\.container: "):
            run.run()
    (here, there), given = pair_from_params(asked(migration_phase))
    with pytest.raises(MigrationError, match=rf"^{which}\.container: "):
        change_phase(here, there, PhaseOptions(**given))


def test_what_is_left_are_the_options_of_the_run() -> None:
    params = {"source": side("a"), "destination": side("b"), "prefix": "p/", "report": None}
    _connections, options = pair_from_params(params)
    assert options == {"source": "a", "destination": "b", "prefix": "p/", "report": None}


def params(module: Any) -> dict[str, Any]:
    """What Ansible gives a module that is told no more than it must be."""
    defaults = {name: option.get("default") for name, option in module.argument_spec().items()}
    return {**defaults, "source": side("a"), "destination": side("b")}


@pytest.mark.parametrize("check", [True, False])
def test_a_run_can_be_made_of_what_swift_sync_takes(check: bool) -> None:
    run = swift_sync.make_sync(params(swift_sync), check=check)
    assert run.report.result()["changed"] is False


def test_a_comparison_can_be_made_of_what_swift_compare_takes() -> None:
    run = swift_compare.make_compare(params(swift_compare))
    assert run.result()["objects"].keys() >= {"match", "differ", "missing"}
