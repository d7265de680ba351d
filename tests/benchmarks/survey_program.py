# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The source's listing read to its end by the engine: with a survey, or with nothing else.

python -m tests.benchmarks.survey_program LAB_JSON CONTAINER plain|survey
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection import (
    Connection,
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._preflight.survey import (
    Survey,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.container import (
    Container,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.parallel_listing import (
    container_listing,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._swift.swift_client import (
    SwiftClient,
)


def main() -> None:
    lab, name, kind = sys.argv[1:]
    login = json.loads(Path(lab).read_text())["source"]
    auth = {key: login[key] for key in ("auth_url", "username", "password")}
    connection = Connection(ConnectionOptions(auth_type="v1password", auth=auth))

    def make() -> Container:
        return Container(SwiftClient(connection), name)

    stat = make().stat()
    if stat is None:
        raise make().missing()
    survey = Survey(stat.now(), 1024, 5 << 30)
    begun = time.monotonic()
    entries = container_listing(make, "", stat.objects)
    if kind == "survey":
        survey.read(entries)
        found = survey.total.objects
    else:
        found = sum(1 for _entry in entries)
    print(json.dumps({"objects": found, "seconds": time.monotonic() - begun}))


if __name__ == "__main__":
    main()
