# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Ansible module ec2_credential_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ec2_credential_info
short_description: List the keys for the S3 API
version_added: 0.1.0
description:
  - Lists the access keys of the EC2 credentials that the user has for the project of the login.
  - Returns no secret; M(fnndsc.swift_migration.ec2_credential) does.
extends_documentation_fragment:
  - fnndsc.swift_migration.attributes
  - fnndsc.swift_migration.connection
attributes:
  check_mode:
    support: full
    details: There is nothing to change.
  diff_mode:
    support: none
    details: There is nothing to change.
author:
  - fnndsc.swift_migration contributors (@FNNDSC)
seealso:
  - module: fnndsc.swift_migration.ec2_credential
"""

EXAMPLES = r"""
- name: See which ones there are
  fnndsc.swift_migration.ec2_credential_info:
    cloud: nerc
"""

RETURN = r"""
access_keys:
  description: The access keys of the user for the project, in their order.
  returned: success
  type: list
  elements: str
  sample:
    - 8ed444c7b06a4847b9985a4f4d749aae
project_id:
  description: ID of the project.
  returned: success
  type: str
  sample: 41d3d9924fa24671836bb3bf192384b2
"""

from ansible_collections.fnndsc.swift_migration.plugins.module_utils._argspec import (
    connection_options,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.connection_options import (
    ConnectionOptions,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.ec2_credentials import (
    Ec2Credentials,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._cloud.session import (
    open_session,
)
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._errors import MigrationError
from ansible_collections.fnndsc.swift_migration.plugins.module_utils._module import Module


def main() -> None:
    """Run the module."""
    module = Module(argument_spec=connection_options(), supports_check_mode=True)
    given = ConnectionOptions.from_params(module.params)
    try:
        credentials = Ec2Credentials(open_session(given), given)
        access_keys = [known.access for known in credentials.known()]
    except MigrationError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, project_id=credentials.project_id, access_keys=access_keys)


if __name__ == "__main__":
    main()
