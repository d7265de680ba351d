# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What swift_preflight finds at the destination."""

from __future__ import annotations

import json
import re

import pytest

from tests.dataset.client import Account, Client
from tests.integration.conftest import Options, RunModule
from tests.integration.faulty import Faulty
from tests.integration.pair import Pair, fill
from tests.integration.preflight.conftest import Preflight
from tests.integration.preflight.findings import bad, failures, told
from tests.servers import Lab
from tests.servers.access_log import Target
from tests.servers.faults import Edit

MIGRATION = "X-Container-Meta-Migration-Source"


def test_a_migration_under_way_is_recognized(pair: Pair, preflight: Preflight) -> None:
    fill(pair, 3)
    assert not pair.sync().get("failed")
    seen = f"container '{pair.name}' is this migration's, phase copying"
    assert told(preflight(), "container of the destination") == ("ok", seen, "")


def test_an_openrc_that_is_not_there_is_told(preflight: Preflight, pair: Pair) -> None:
    result = preflight(destination={"openrc": "/nowhere/openrc.sh", "container": pair.name})
    verdict, seen, _remedy = told(result, "login to the destination")
    assert verdict == "failure"
    assert "/nowhere/openrc.sh" in seen


def test_a_role_that_may_not_use_the_object_store_is_told(
    preflight: Preflight, pair: Pair, lab: Lab
) -> None:
    login = {"openrc": str(lab.openrc("no-swift-role")), "container": pair.name}
    assert failures(preflight(destination=login)) == ["container of the destination"]


def test_an_address_in_the_clear_after_a_login_over_https_is_told(
    preflight: Preflight, params: Options, pair: Pair, lab: Lab
) -> None:
    tls = {"openrc": str(lab.openrc("tls")), "ca_cert": lab.description["ca_cert"]}
    plain = {**tls, "container": pair.name, "storage_url": lab.description["storage_url"]}
    result = preflight(destination=plain)
    assert failures(result) == ["address of the destination"]
    assert "the login was over https, but" in told(result, "address of the destination")[1]


def test_a_destination_to_be_made_is_all_right(
    preflight: Preflight, params: Options, pair: Pair
) -> None:
    fill(pair, 1)
    new = f"{pair.name}-new"
    result = preflight(destination={**params["destination"], "container": new})
    seen = f"container '{new}' is not there yet, and will be made"
    assert told(result, "container of the destination") == ("ok", seen, "")
    assert bad(result) == []


def test_a_destination_of_strangers_is_told(pair: Pair, preflight: Preflight) -> None:
    fill(pair, 1)
    pair.destination.put(pair.name, "theirs", b"1")
    result = preflight()
    assert failures(result) == ["container of the destination"]
    assert (
        "holds 1 objects that the source does not have"
        in (told(result, "container of the destination")[1])
    )
    assert failures(preflight(accept_extra=True)) == []


def test_a_destination_of_another_migration_is_told(pair: Pair, preflight: Preflight) -> None:
    fill(pair, 1)
    pair.destination.post_container(pair.name, {MIGRATION: "AUTH_other/users@1.0"})
    result = preflight()
    assert failures(result) == ["container of the destination"]
    assert (
        "is filled from 'AUTH_other/users@1.0'" in (told(result, "container of the destination")[1])
    )


def test_the_source_itself_is_no_destination(preflight: Preflight, params: Options) -> None:
    result = preflight(destination=params["source"])
    assert failures(result) == ["container of the destination"]


def test_a_container_quota_that_is_too_small_is_told(pair: Pair, preflight: Preflight) -> None:
    fill(pair, 3)
    quotas = {"X-Container-Meta-Quota-Bytes": "299", "X-Container-Meta-Quota-Count": "2"}
    pair.destination.post_container(pair.name, quotas)
    result = preflight()
    name = "quota of the destination's container"
    assert failures(result) == [name, name]
    assert [check["remedy"] for check in result["checks"] if check["name"] == name] == [
        "Set its quota_bytes to at least 300, or to 0 for no limit",
        "Set its quota_count to at least 3, or to 0 for no limit",
    ]


@pytest.mark.own_lab
def test_an_account_quota_that_is_too_small_is_told_with_the_number_to_ask_for(
    pair: Pair, preflight: Preflight, run_module: RunModule, lab: Lab
) -> None:
    fill(pair, 3)
    segments = f"{pair.name}_segments"
    pair.source.put_container(segments)
    pair.source.put(segments, "s/1", b"1" * 1000)
    token = run_module("swift_auth", {"openrc": str(lab.openrc("admin")), "token": True})["token"]
    account = Client(Account(lab.description["storage_url"], token))
    try:
        account._call("POST", "", headers={"X-Account-Meta-Quota-Bytes": "500"})
        result = preflight()
    finally:
        account._call("POST", "", headers={"X-Account-Meta-Quota-Bytes": ""})
        account.close()
    verdict, seen, remedy = told(result, "quota of the destination's account")
    assert verdict == "failure"
    # The account holds what other tests have left, too.
    assert re.match(r"it is 500 bytes, but [\d.,]+ (bytes|GiB) are needed", seen)
    assert re.fullmatch(r"Ask for a quota of at least \d+ GiB and 4 objects", remedy)


def test_what_the_destination_does_not_take_is_told(through_proxies: Faulty) -> None:
    fill(through_proxies, 1)
    through_proxies.source.put(through_proxies.name, "n" * 200, b"1" * 2000)
    wordy = {"X-Object-Meta-Note": "x" * 60}
    through_proxies.source.put(through_proxies.name, "wordy", b"1", wordy)
    limits = {"max_object_name_length": 100, "max_file_size": 1000, "max_meta_value_length": 50}

    def limited(body: bytes) -> bytes:
        found = json.loads(body)
        del found["slo"]
        return json.dumps({**found, "swift": {**found["swift"], **limits}}).encode()

    through_proxies.there.inject(Edit(limited), is_info)
    result = through_proxies.sync()
    assert failures(result) == ["longest name", "largest object", "metadata of objects"]
    assert "longer than the 100 bytes" in told(result, "longest name")[1]
    assert "larger than the 1,000 bytes" in told(result, "largest object")[1]
    assert "as wordy: its metadata 'note' has 60 bytes" in told(result, "metadata of objects")[1]


def is_info(target: Target) -> bool:
    return target.path.endswith("/info")
