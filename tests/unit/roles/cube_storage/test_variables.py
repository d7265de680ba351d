# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What the role makes of its variables: CUBE's and pfcon's environment, or what is missing."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.unit.roles.template import ROLES, evaluate

pytestmark = pytest.mark.usefixtures("lookups")

S3: dict[str, Any] = {
    "cube_storage_backend": "s3",
    "cube_storage_container": "cube-users",
    "cube_storage_s3": {
        "endpoint_url": "https://s3.example.org",
        "access_key": "access",
        "secret_key": "secret",
        "region": "RegionOne",
    },
}
SWIFT: dict[str, Any] = {
    "cube_storage_backend": "swift",
    "cube_storage_container": "cube-users",
    "cube_storage_swift": {
        "auth_url": "http://gateway:8080/auth/v1.0",
        "username": "credential-id",
        "key": "access",
    },
}
PFCON: dict[str, Any] = {
    "cube_storage_pfcon_env_files": ["/pfcon.env"],
    "cube_storage_pfcon_op_image": "pfconopjob:1",
}
S3_LOGIN = {
    "STORAGE_ENV": "s3",
    "S3_ENDPOINT_URL": "https://s3.example.org",
    "S3_ACCESS_KEY": "access",
    "S3_SECRET_KEY": "secret",
    "S3_BUCKET_NAME": "cube-users",
}
SWIFT_LOGIN = {
    "SWIFT_AUTH_URL": "http://gateway:8080/auth/v1.0",
    "SWIFT_USERNAME": "credential-id",
    "SWIFT_KEY": "access",
    "SWIFT_CONTAINER_NAME": "cube-users",
}
MINICHRIS = ["chris", "worker", "worker_periodic", "scheduler"]


def value(name: str, *given: dict[str, Any], **more: Any) -> Any:
    """Return one of the role's variables, when the user has given these."""
    variables = {name: value for each in (*given, more) for name, value in each.items()}
    return evaluate("cube_storage", f"cube_storage_{name}", variables)


def test_cube_gets_the_login_and_the_region_and_leaves_out_new_checksums_with_s3() -> None:
    assert value("of_cube", S3) == S3_LOGIN | {
        "S3_REGION": "RegionOne",
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
    }


def test_pfcon_calls_the_region_otherwise_and_is_told_the_image_of_its_jobs() -> None:
    assert value("of_pfcon", S3, PFCON) == S3_LOGIN | {
        "S3_REGION_NAME": "RegionOne",
        "PFCON_OP_IMAGE": "pfconopjob:1",
    }


def test_both_get_the_login_and_the_backend_with_swift() -> None:
    cube = SWIFT_LOGIN | {"STORAGE_ENV": "swift"}
    assert value("of_cube", SWIFT, PFCON) == cube
    assert value("of_pfcon", SWIFT, PFCON) == cube | {"PFCON_OP_IMAGE": "pfconopjob:1"}


def test_a_cube_of_before_september_2023_gets_its_own_variable() -> None:
    assert value("of_cube", SWIFT, cube_storage_legacy=True) == SWIFT_LOGIN | {
        "DEFAULT_FILE_STORAGE": "swift.storage.SwiftStorage"
    }


@pytest.mark.parametrize("storage", [S3, SWIFT], ids=["s3", "swift"])
def test_without_a_pfcon_nothing_is_asked_about_it(storage: dict[str, Any]) -> None:
    assert value("problem", storage) == ""
    assert value("of_pfcon", storage) == {}


@pytest.mark.parametrize(
    "pfcon",
    [
        {"cube_storage_pfcon_env_files": ["/pfcon.env"]},
        {"cube_storage_deployment": "compose", "cube_storage_compose": {"directory": "/chris"}},
        {"cube_storage_deployment": "systemd", "cube_storage_systemd": {"pfcon_units": ["pfcon"]}},
        {
            "cube_storage_deployment": "commands",
            "cube_storage_commands": {"pfcon_services": ["pfcon"]},
        },
    ],
    ids=["env-file", "compose", "systemd", "commands"],
)
def test_wherever_a_pfcon_is_named_the_image_of_its_jobs_is_needed(pfcon: dict[str, Any]) -> None:
    image = "cube_storage_pfcon_op_image: give the image of pfcon's jobs, pfconopjob-"
    assert value("problem", S3, pfcon) == f"{image}s3."
    assert value("problem", SWIFT, pfcon) == f"{image}swift."
    assert value("problem", S3, pfcon, cube_storage_pfcon_op_image="pfconopjob:1") == ""


LOGIN = S3["cube_storage_s3"]
PROBLEMS: dict[str, dict[str, Any]] = {
    "cube_storage_backend: name the backend for CUBE, s3 or swift.": {
        "cube_storage_container": "c"
    },
    "cube_storage_container: name the container that holds CUBE's files.": {
        "cube_storage_backend": "s3"
    },
    "cube_storage_s3: give the login of this backend.": {**SWIFT, "cube_storage_backend": "s3"},
    "cube_storage_swift: give the login of this backend.": {**S3, "cube_storage_backend": "swift"},
    "cube_storage_s3.region: CUBE does not start without one. Give the region of the server.": {
        **S3,
        "cube_storage_s3": {**LOGIN, "region": " "},
    },
    "cube_storage_backend: a CUBE older than September 2023 knows no s3."
    " Use swift with a v1 auth gateway.": {**S3, "cube_storage_legacy": True},
}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_what_cannot_work_is_named_and_no_variable_is_made_of_it(problem: str) -> None:
    given = PROBLEMS[problem]
    assert value("problem", given) == problem
    arguments = value("arguments", given)
    assert (arguments["variables"], arguments["pfcon_variables"]) == ({}, {})


def test_the_modules_are_told_the_files_and_what_belongs_into_them() -> None:
    arguments = value("arguments", S3, PFCON, cube_storage_env_files=["/cube.env"])
    assert (arguments["env_files"], arguments["pfcon_env_files"]) == (["/cube.env"], ["/pfcon.env"])
    assert arguments["variables"]["S3_REGION"] == "RegionOne"
    assert arguments["pfcon_variables"]["S3_REGION_NAME"] == "RegionOne"
    assert arguments["settings"] == {}


def test_each_variable_that_is_set_is_known_as_one_of_storage() -> None:
    cube = value("of_cube", S3) | value("of_cube", SWIFT, cube_storage_legacy=True)
    pfcon = value("of_pfcon", S3, PFCON) | value("of_pfcon", SWIFT, PFCON)
    assert set(value("known")) == {*cube, *pfcon} - {"PFCON_OP_IMAGE"}


@pytest.mark.parametrize("deployment", ["compose", "swarm", "systemd", "commands"])
def test_a_deployment_that_is_not_described_is_named(deployment: str) -> None:
    told = value("undescribed", cube_storage_deployment=deployment)
    assert told == f"cube_storage_{deployment}: describe the deployment."


def test_no_deployment_at_all_is_named_where_one_is_needed() -> None:
    assert value("undescribed") == (
        "cube_storage_deployment: it is not said how CUBE runs."
        " Choose compose, swarm, systemd or commands."
    )


def test_the_usual_services_are_those_of_minichris_and_can_be_others() -> None:
    compose = {"cube_storage_deployment": "compose", "cube_storage_compose": {"directory": "/a"}}
    assert value("settings", compose) == {
        "directory": "/a",
        "services": MINICHRIS,
        "one_shot_services": ["db_migrate"],
        "pfcon_services": ["pfcon"],
    }
    described = {"stack": "chris", "files": ["a.yml"], "services": ["cube"], "pfcon_services": []}
    swarm = {"cube_storage_deployment": "swarm", "cube_storage_swarm": described}
    assert value("settings", swarm) == described


@pytest.mark.parametrize(
    "given",
    [
        {"cube_storage_env_files": ["/cube.env"]},
        {"cube_storage_pfcon_env_files": ["/pfcon.env"]},
        {"cube_storage_deployment": "commands"},
    ],
    ids=["cube", "pfcon", "deployment"],
)
def test_an_env_file_or_a_deployment_is_enough_to_ask_for_a_change(given: dict[str, Any]) -> None:
    assert value("is_asked_for", given) is True
    assert value("is_asked_for") is False


def test_the_usual_services_and_all_defaults_are_those_that_are_documented() -> None:
    path = ROLES / "cube_storage" / "meta" / "argument_specs.yml"
    entries = yaml.safe_load(path.read_text())["argument_specs"]
    documented = {
        name: option["default"]
        for entry in entries.values()
        for name, option in entry["options"].items()
        if "default" in option
    }
    defaults = yaml.safe_load((ROLES / "cube_storage" / "defaults" / "main.yml").read_text())
    assert {name: defaults.get(name) for name in documented} == documented
    # The others come from variables that several roles share.
    assert [name for name in defaults.keys() - documented if "{{" not in defaults[name]] == []
    for deployment, settings in value("usual").items():
        options = entries["main"]["options"][f"cube_storage_{deployment}"]["options"]
        assert {name: options[name]["default"] for name in settings} == settings


def test_secrets_are_marked_as_such() -> None:
    path = ROLES / "cube_storage" / "meta" / "argument_specs.yml"
    options = yaml.safe_load(path.read_text())["argument_specs"]["main"]["options"]
    logins = options["cube_storage_s3"]["options"] | options["cube_storage_swift"]["options"]
    secret = {name for name, option in logins.items() if option.get("no_log")}
    assert secret == {"access_key", "secret_key", "key"}
