# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The lookup openrc."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible_collections.fnndsc.swift_migration.plugins.lookup.openrc import LookupModule


def test_it_gives_connection_options_for_each_file(tmp_path: Path) -> None:
    paths = []
    for number in (1, 2):
        path = tmp_path / f"openrc-{number}.sh"
        path.write_text(f"export OS_AUTH_URL=https://k{number}/v3\nexport OS_REGION_NAME=One\n")
        paths.append(str(path))
    assert LookupModule().run(paths) == [
        {"auth": {"auth_url": "https://k1/v3"}, "region_name": "One"},
        {"auth": {"auth_url": "https://k2/v3"}, "region_name": "One"},
    ]


def test_it_fails_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(AnsibleError, match=f"^there is no file {tmp_path}/none on host "):
        LookupModule().run([str(tmp_path / "none")])


@pytest.mark.security
def test_it_warns_of_a_file_that_every_user_may_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "openrc.sh"
    path.write_text("export OS_AUTH_URL=https://k/v3\n")
    path.chmod(0o644)
    lookup, told = LookupModule(), list[str]()
    monkeypatch.setattr(type(lookup._display), "warning", lambda _self, text: told.append(text))
    lookup.run([str(path)])
    assert told == [f"every user of this host may read {path}, which holds secrets: chmod o-r"]
