# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Documentation of the connection options."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of ``connection_options()`` in ``module_utils/_argspec.py``."""

    DOCUMENTATION = r"""
options:
  cloud:
    description:
      - Name of a cloud in C(clouds.yaml), which is looked for on the host that runs the module, in
        the working directory, C(~/.config/openstack) and C(/etc/openstack), or where the
        environment variable E(OS_CLIENT_CONFIG_FILE) says.
      - One of O(cloud), O(openrc) and O(auth) says where to log in.
    type: str
  openrc:
    description:
      - Path, on the host that runs the module, of the file that Horizon offers under "Download
        openrc file", as it is. It is read without a shell.
      - The file for an application credential holds everything. The one for a password asks for the
        password when it is sourced; give it in O(auth.password).
    type: path
  auth_type:
    description:
      - How to log in. V(v3applicationcredential), V(v3password), V(v1password) for the v1 auth of
        TempAuth and swauth, or another plugin of keystoneauth that needs no more than O(auth) has.
      - If it is not given, O(openrc) or O(cloud) tells it, or it follows from the keys of O(auth);
        V(v1password) must always be given.
    type: str
  auth:
    description:
      - Where to log in, and as whom.
      - Beside O(openrc) or O(cloud) it adds what is missing there, a password for example, and wins
        over what is there.
    type: dict
    suboptions:
      auth_url:
        description: URL of Keystone, ending in C(/v3), or of v1 auth, ending in C(/auth/v1.0). Not
          together with O(openrc) or O(cloud).
        type: str
      username:
        description: Name of the user. For v1 auth it holds the account too, V(chris:chris1234) for
          example.
        type: str
      user_id:
        description: ID of the user, instead of name and domain.
        type: str
      password:
        description: Password of the user, or the key for v1 auth.
        type: str
      user_domain_id:
        description: ID of the user's domain.
        type: str
      user_domain_name:
        description: Name of the user's domain.
        type: str
      project_id:
        description: ID of the project. Not for an application credential, which belongs to one.
        type: str
      project_name:
        description: Name of the project. For v1 auth, an account to use instead of the user's own.
        type: str
      project_domain_id:
        description: ID of the project's domain.
        type: str
      project_domain_name:
        description: Name of the project's domain.
        type: str
      application_credential_id:
        description: ID of an application credential.
        type: str
      application_credential_name:
        description: Name of an application credential, together with its user, instead of the ID.
        type: str
      application_credential_secret:
        description: Secret of the application credential.
        type: str
      token:
        description: A token to get a token with, for O(auth_type=v3token).
        type: str
  region_name:
    description: Region of the object store. Needed if the cloud has several.
    type: str
  interface:
    description: Which of the object store's addresses to use. V(public), unless O(openrc) or
      O(cloud) says otherwise.
    type: str
    choices:
      - public
      - internal
      - admin
  validate_certs:
    description:
      - Whether to check the servers' certificates. They are not checked either if C(clouds.yaml)
        says C(verify) V(false).
      - Rather give O(ca_cert) than switch this off.
    type: bool
    default: true
  ca_cert:
    description: Path, on the host that runs the module, of the PEM file of the authority that
      signed the servers' certificates, if it is not one that the system trusts.
    type: path
  allow_plain_http:
    description:
      - Whether the object store may be used over plain http although the login is over https.
      - Everybody on the way can then read the token and the objects, and change them.
    type: bool
    default: false
  storage_url:
    description:
      - URL of the account to use instead of the one that the login names, C(https://host/v1/AUTH_x)
        for example. One without a path replaces the scheme and the host only.
      - For a server behind a front that speaks https while its own login names an address of http,
        or one that only its own network knows.
    type: str
requirements:
  - keystoneauth1
  - openstacksdk, for clouds.yaml
  - pycurl
  - python-swiftclient
"""
