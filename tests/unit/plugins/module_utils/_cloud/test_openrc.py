# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Openrc files as Horizon writes them, and what is not one."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud import openrc
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.plugins.module_utils.fakes.shell import in_a_shell

CORPUS = Path(__file__).parent / "openrcs"
FILES = sorted(path for path in CORPUS.glob("*.openrc") if path.stem != "v1")
AUTH = {
    "OS_AUTH_URL": "auth_url",
    "OS_USERNAME": "username",
    "OS_PASSWORD": "password",
    "OS_USER_DOMAIN_ID": "user_domain_id",
    "OS_USER_DOMAIN_NAME": "user_domain_name",
    "OS_PROJECT_DOMAIN_ID": "project_domain_id",
    "OS_PROJECT_DOMAIN_NAME": "project_domain_name",
    "OS_APPLICATION_CREDENTIAL_ID": "application_credential_id",
    "OS_APPLICATION_CREDENTIAL_SECRET": "application_credential_secret",
}

APPLICATION_CREDENTIAL = """\
#!/usr/bin/env bash

export OS_AUTH_TYPE=v3applicationcredential
export OS_AUTH_URL=https://keystone.example.org:13000/v3
export OS_IDENTITY_API_VERSION=3
export OS_REGION_NAME="regionOne"
export OS_INTERFACE=public
export OS_APPLICATION_CREDENTIAL_ID=21dced0fd20347869b93710d2b98aae0
export OS_APPLICATION_CREDENTIAL_SECRET=s3cr=t#not-a-comment
"""

ASKING = """\
#!/usr/bin/env bash
# To use an OpenStack cloud you need to authenticate against the Identity
# service named keystone: export OS_AUTH_URL=https://wrong.example.org
export OS_AUTH_URL=https://keystone.example.org:13000
# With the addition of Keystone we have standardized on the term **project**
export OS_PROJECT_ID=41d3d9924fa24671836bb3bf192384b2
export OS_PROJECT_NAME="Boston \\"ChRIS\\""
export OS_USER_DOMAIN_NAME="nerc"
if [ -z "$OS_USER_DOMAIN_NAME" ]; then unset OS_USER_DOMAIN_NAME; fi
export OS_PROJECT_DOMAIN_ID="default"
if [ -z "$OS_PROJECT_DOMAIN_ID" ]; then unset OS_PROJECT_DOMAIN_ID; fi
# unset v2.0 items in case set
unset OS_TENANT_ID
unset OS_TENANT_NAME
export OS_USERNAME="chris@example.org"
# With Keystone you pass the keystone password.
echo "Please enter your OpenStack Password for project $OS_PROJECT_NAME as user $OS_USERNAME: "
read -sr OS_PASSWORD_INPUT
export OS_PASSWORD=$OS_PASSWORD_INPUT
export OS_REGION_NAME=""
if [ -z "$OS_REGION_NAME" ]; then unset OS_REGION_NAME; fi
export OS_INTERFACE=public
export OS_IDENTITY_API_VERSION=3
"""


def test_an_application_credential_is_complete() -> None:
    assert openrc.parse(APPLICATION_CREDENTIAL) == {
        "auth_type": "v3applicationcredential",
        "auth": {
            "auth_url": "https://keystone.example.org:13000/v3",
            "application_credential_id": "21dced0fd20347869b93710d2b98aae0",
            "application_credential_secret": "s3cr=t#not-a-comment",
        },
        "region_name": "regionOne",
        "interface": "public",
    }


def test_a_password_that_is_asked_for_is_missing() -> None:
    assert openrc.parse(ASKING) == {
        "auth": {
            "auth_url": "https://keystone.example.org:13000",
            "project_id": "41d3d9924fa24671836bb3bf192384b2",
            "project_name": 'Boston "ChRIS"',
            "user_domain_name": "nerc",
            "project_domain_id": "default",
            "username": "chris@example.org",
        },
        "interface": "public",
    }


def with_line(line: str) -> dict[str, str]:
    auth: dict[str, str] = openrc.parse(f"OS_AUTH_URL=https://k/v3\n{line}\n")["auth"]
    return auth


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("OS_PASSWORD=plain", "plain"),
        ("  export  OS_PASSWORD=plain", "plain"),
        ("export OS_PASSWORD='single $quoted `too` \\'", "single $quoted `too` \\"),
        ('export OS_PASSWORD="a \\$ \\" \\\\ \\` b"', 'a $ " \\ ` b'),
        ('export OS_PASSWORD="kept \\n"', "kept \\n"),
        ("export OS_PASSWORD=a\\ b", "a b"),
        ("export OS_PASSWORD=it\"'\"s' 'one", "it's one"),
        ("export OS_PASSWORD=a=b#c", "a=b#c"),
        ("export OS_PASSWORD=value # a comment", "value"),
        ("export OS_PASSWORD=value; echo done", "value"),
        ("export OS_PASSWORD='two\nlines'", "two\nlines"),
        ("export OS_PASSWORD=first\nexport OS_PASSWORD=last", "last"),
        ("PART=b\nexport OS_PASSWORD=a${PART}c$PART", "abcb"),
        ("export OS_PASSWORD=value\r", "value"),
    ],
)
def test_a_value_is_read_as_a_shell_reads_it(line: str, value: str) -> None:
    assert with_line(line)["password"] == value


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_quoted_value_is_read_back(value: str) -> None:
    assert with_line(f"export OS_PASSWORD={shlex.quote(value)}")["password"] == value


@pytest.mark.parametrize(
    "line",
    [
        "export OS_PASSWORD=$(pass show nerc)",
        "export OS_PASSWORD=`pass show nerc`",
        "export OS_PASSWORD=${SECRET%secret}",
        "export OS_PASSWORD=$((6 * 7))",
        "declare -i OS_PASSWORD=7+7",
        "test -e file && export OS_PASSWORD=one",
        "for name in a b; do OS_PASSWORD=$name; done",
        "case $- in *i*) OS_PASSWORD=one ;; esac",
        "ask() { OS_PASSWORD=one; }; ask",
        "OS_PASSWORD=(one two)",
        "export OS_PASSWORD=one{,two}",
    ],
)
def test_a_value_that_a_shell_would_compute_is_refused(line: str) -> None:
    with pytest.raises(MigrationError, match="OS_PASSWORD is computed by the shell"):
        with_line(line)


def test_a_value_that_is_given_may_be_computed() -> None:
    text = "OS_AUTH_URL=https://k/v3\nOS_PASSWORD=$(pass show nerc)\nOS_REGION_NAME=`hostname`"
    found = openrc.parse(text, given=("password", "region_name"))
    assert found == {"auth": {"auth_url": "https://k/v3"}}


def test_what_no_login_needs_may_be_computed() -> None:
    assert with_line("export PS1=$(date) OS_PASSWORD=pw HISTCONTROL=`echo x`")["password"] == "pw"


@pytest.mark.parametrize("text", ["OS_AUTH_URL='https://k/v3", "a=1\nOS_A=${b", "OS_B=$(date"])
def test_a_quote_that_does_not_end_is_told(text: str) -> None:
    with pytest.raises(MigrationError, match=r"what begins in line \d does not end with"):
        openrc.parse(text)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_file_is_read_as_a_shell_reads_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    shell = in_a_shell(text)
    options = openrc.parse(text)
    assert options["auth"]["auth_url"]
    for name, key in AUTH.items():
        assert options["auth"].get(key) == (shell.get(name) or None)
    assert options.get("region_name") == (shell.get("OS_REGION_NAME") or None)
    assert options.get("ca_cert") == (shell.get("OS_CACERT") or None)
    interface = shell.get("OS_INTERFACE") or shell.get("OS_ENDPOINT_TYPE") or ""
    assert options.get("interface", "") == interface.removesuffix("URL")


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_file_from_windows_is_read_like_another(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    windows = "\N{BYTE ORDER MARK}" + text.replace("\n", "\r\n")
    assert openrc.parse(windows) == openrc.parse(text)


def test_a_file_of_the_old_storage_is_read() -> None:
    assert openrc.parse((CORPUS / "v1.openrc").read_text()) == {
        "auth_type": "v1password",
        "auth": {
            "auth_url": "http://swift.example.org:8080/auth/v1.0",
            "username": "chris:chris1234",
            "password": "testing",
        },
    }


def test_an_older_name_of_the_interface_is_understood() -> None:
    found = openrc.parse("OS_AUTH_URL=https://k/v3\nOS_ENDPOINT_TYPE=internalURL")
    assert found["interface"] == "internal"


def test_a_certificate_may_be_in_the_home_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/chris")
    for written in ("/home/chris/ca.pem", "~/ca.pem"):
        found = openrc.parse(f"OS_AUTH_URL=https://k/v3\nOS_CACERT={written}")
        assert found["ca_cert"] == "/home/chris/ca.pem"


@pytest.mark.parametrize(
    "text", ["", "<html><body>Log in</body></html>", "clouds:\n  nerc: {}\n", 'OS_AUTH_URL=""']
)
def test_a_text_without_a_url_is_not_an_openrc(text: str) -> None:
    with pytest.raises(MigrationError, match="it does not set OS_AUTH_URL"):
        openrc.parse(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert openrc.parse(text)["auth"]["auth_url"]
    except MigrationError as error:
        assert "not an openrc file" in str(error)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "openrc.sh"
    path.write_text(APPLICATION_CREDENTIAL)
    assert openrc.load(str(path)) == openrc.parse(APPLICATION_CREDENTIAL)


def test_a_path_in_the_home_directory_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "openrc.sh").write_text(APPLICATION_CREDENTIAL)
    assert openrc.load("~/openrc.sh")["interface"] == "public"


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    binary, other = tmp_path / "binary", tmp_path / "other"
    binary.write_bytes(b"\x89PNG\xff\xfe")
    other.write_text("nothing")
    for path, message in (
        (tmp_path / "missing", "there is no file {} on host "),
        (binary, "{} is not a text file"),
        (other, "{} is not an openrc file"),
        (tmp_path, "cannot read {}: Is a directory"),
    ):
        with pytest.raises(MigrationError) as caught:
            openrc.load(str(path))
        assert str(caught.value).startswith(message.format(path))
        assert "Download openrc file" in str(caught.value)


@pytest.mark.security
@pytest.mark.parametrize(("mode", "told"), [(0o600, False), (0o640, False), (0o644, True)])
def test_one_that_every_user_may_read_is_told(tmp_path: Path, mode: int, *, told: bool) -> None:
    path = tmp_path / "openrc.sh"
    path.write_text(APPLICATION_CREDENTIAL)
    path.chmod(mode)
    assert bool(openrc.exposure(str(path))) is told
    assert openrc.exposure(str(tmp_path / "none")) == ""
