# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
#
# Each target sets up what it needs, below .cache/ and nowhere else.

CACHE := $(CURDIR)/.cache
OBJECTS ?=
BENCH_OPTIONS ?=
FILES ?=
# Seconds after which `make test` starts no other stage, and leaves out those that wait.
START_WITHIN ?=
# Not empty: `make test` fails when a stage is left out, but for these.
COMPLETE ?= $(CI)
MAY_LEAVE_OUT ?=

# What a user has configured for other projects must not change what is tested here.
export PATH := $(CACHE)/venv/bin:$(PATH)
export LC_ALL := C.UTF-8
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
export ANSIBLE_HOME := $(CACHE)/ansible
unexport ANSIBLE_COLLECTIONS_PATH ANSIBLE_INVENTORY ANSIBLE_ROLES_PATH ANSIBLE_VAULT_PASSWORD_FILE
unexport PYTHONHOME PYTHONPATH VIRTUAL_ENV

LINTERS := ruff format types yamllint ansible-lint changelog docs
# Each has a target can-NAME, which says why it cannot be run here, or nothing.
IF_POSSIBLE := test-containers test-ceph test-ceph-18 test-old-swift test-pages
# Two at once, in this order: what takes longest goes on beside all others.
STAGES := integration test-damage $(LINTERS) $(IF_POSSIBLE) molecule sanity unit
# Runs a command on one lab, that of the stages before and after it if there is one.
LAB := python -m tests.servers.temporary
COPIES_AND_KEEPS := test_a_run_copies_everything_and_the_next_one_asks_for_no_object
# What is asked of every source that has lost something.
LOST := lost_at_the_source changed_and_lost_at_the_source segments
SCENARIOS := $(patsubst molecule/%/molecule.yml,%,$(wildcard molecule/*/molecule.yml))

.PHONY: help setup venv lock audit demo bench mutation stages test test-security test-road lint clean $(STAGES)
.PHONY: $(IF_POSSIBLE:%=can-%) $(SCENARIOS:%=molecule-%)

help:
	@echo "make demo [OBJECTS=20000]  the whole migration between real servers on this machine"
	@echo "make bench [BENCH_OPTIONS=...]  swift_sync beside rclone, measured (--help lists the options)"
	@echo "make test                  all of: lint unit sanity integration test-damage molecule, and where they can be run:"
	@echo "make test-ceph             swift_sync from a Swift to a Ceph gateway, which comes from Debian's packages"
	@echo "make test-ceph-18          the most important of them with Debian 13's Ceph"
	@echo "make test-old-swift        a migration from Swift 2.17.1, on Python 2.7 from Debian's packages"
	@echo "make test-pages            the pages that people are given, in a real browser, which comes from Debian's packages"
	@echo "make test-containers       cutovers and roles on a real Docker engine, systemd and SSH; needs root"
	@echo "make test-containers EVERY_STEP=true  the same, with more failures of more deployments"
	@echo "make test COMPLETE=true    fails where one of these five cannot be run; it is so where CI is set"
	@echo "make test-road             the commands of the documentation, from an empty home to a cutover and back; likewise"
	@echo "make test-damage           loses and damages objects on real servers: no run may be green"
	@echo "make test-security         the tests of what SECURITY.md promises, all of which are in other stages, too"
	@echo "make audit                 whether anything weak is known of what is installed; asks an index"
	@echo "make lock                  write the versions and hashes of all packages anew, from requirements/*.txt"
	@echo "make lint                  all of: $(LINTERS)"
	@echo "make mutation [FILES='plan delete_policy']  whether the unit tests notice changes made on purpose"
	@echo "make setup                 only install what the others need, into .cache/"
	@echo "make clean                 remove .cache/ and what linters leave"

venv:
	@tests/tools/setup

# Written anew when a pin changes; the hashes come from the package index that pip is told of.
lock: venv
	@tests/tools/lock

audit: venv
	@tests/tools/audit

setup: venv
	@python -c 'from tests.servers.installation import Installation; Installation().ensure()'
	@python -c 'from tests.cube.deployment import PACKAGES; PACKAGES.ensure()'

demo: venv
	@python -m tests.demo $(if $(OBJECTS),--objects $(OBJECTS))

bench: venv
	@python -m tests.benchmarks $(BENCH_OPTIONS)

test: venv
	@$(LAB) python -m tests.tools.stages --at-once=2 $(STAGES) $(IF_POSSIBLE:%=--if-possible=%) \
		$(START_WITHIN:%=--start-within=%) $(COMPLETE:%=--complete) $(MAY_LEAVE_OUT:%=--but=%)

stages:
	@echo $(STAGES)

lint: venv
	@python -m tests.tools.stages $(LINTERS)

ruff: venv
	@ruff check --quiet

format: venv
	@ruff format --check --quiet

types: venv
	@mypy

yamllint: venv
	@yamllint --strict .

ansible-lint: venv
	@ansible-lint --offline --nocolor

changelog: venv
	@antsibull-changelog lint

# It writes a log into the home directory.
docs: export HOME := $(CACHE)/home
docs: venv
	@mkdir -p "$$HOME"
	@antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs dependent \
		--disallow-unknown-collection-refs .

unit: venv
	@python -m pytest tests/unit

# Longer than the unit tests by far, so once a week and not in `make test`.
mutation: venv
	@python -m tests.tools.mutation $(FILES)

sanity: venv
	@python tests/tools/sanity.py

# A worker goes on to the next test, or group of tests with servers of their own.
integration: venv
	@$(LAB) python -m pytest tests/integration --numprocesses 3 --dist loadgroup

# Those of tests/containers and tests/ceph run with their stages only.
test-security: venv
	@$(LAB) python -m pytest tests/unit tests/integration -m security --numprocesses 2 --dist loadgroup

# The tests of a module share one pair of containers, so they go to one worker.
test-damage: venv
	@$(LAB) python -m pytest tests/damage --numprocesses 2 --dist loadfile

test-ceph: setup
	@python -m pytest tests/ceph

can-test-ceph: venv
	@python -m tests.servers.ceph_installation

test-ceph-18: setup
	@python -m pytest tests/ceph --newer-ceph -m each_ceph

can-test-ceph-18: venv
	@python -m tests.servers.newer_ceph_installation

# On a lab of its own, whose source is the old Swift; one test has another, and waits for a minute.
test-old-swift: setup
	@$(LAB) --old-source python -m pytest tests/old_swift $(LOST:%=tests/damage/test_%.py) \
		tests/integration/playbooks/test_migrate.py::$(COPIES_AND_KEEPS) \
		--numprocesses 2 --dist loadfile

can-test-old-swift: venv
	@python -m tests.servers.old_swift_installation

test-pages: venv
	@python -m pytest tests/pages

can-test-pages: venv
	@python -m tests.servers.chromium_installation

# Two at a time, each with an engine of its own.
test-containers: setup
	@$(LAB) python -m pytest tests/containers --numprocesses 2 --dist worksteal

# The documented commands, which test-containers runs as well; with another ansible-core by
# ANSIBLE_WANTED, as pip install takes it.
test-road: setup
	@$(LAB) python -m pytest tests/containers/test_road.py

can-test-containers: venv
	@python -m tests.containers.engine

# Two scenarios at a time, each with servers of its own; what one tells comes when it has ended.
molecule $(SCENARIOS:%=molecule-%): export XDG_CACHE_HOME := $(CACHE)/xdg
molecule: venv
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target $(SCENARIOS:%=molecule-%)

$(SCENARIOS:%=molecule-%): molecule-%:
	@env --unset=SWIFT_MIGRATION_LAB molecule test --scenario-name $*

clean:
	rm -rf .cache .ansible .hypothesis changelogs/.plugin-cache.yaml
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
