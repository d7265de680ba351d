# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""What CUBE's database is asked, and by which program.  Pure."""

from __future__ import annotations

PSQL = (
    'PGPASSWORD="${POSTGRES_PASSWORD-}" exec psql --no-psqlrc --no-password '
    '--username="${POSTGRES_USER:-postgres}" "${POSTGRES_DB:-${POSTGRES_USER:-postgres}}"'
)
"""psql in a container of PostgreSQL's own image, whose variables name the user and the database."""

SERVICE = "db"
"""The database's service, as miniChRIS calls it."""

DONE = b"done"
"""The line after the names: the beginning of a list looks like that of a smaller CUBE."""

# CUBE's models of every release since 2022 keep the names in columns called `fname`, and no other
# table has one: until July 2024 four or five tables, since then `core_chrisfile` and
# `core_chrislinkfile`.  pg_class has those, too, that this user may not read: then the query fails.
FILES = r"""\set ON_ERROR_STOP on
\set QUIET on
SET default_transaction_read_only = on;
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.attname = 'fname' AND c.relkind = 'r'
      AND c.relnamespace = to_regnamespace(quote_ident(current_schema()))
  ) THEN
    RAISE EXCEPTION 'the database % has no table of files', current_database();
  END IF;
END $$;
SELECT format(
  'COPY (SELECT DISTINCT encode(convert_to(fname, ''UTF8''), ''hex'') COLLATE "C" FROM (%s) f '
  'WHERE fname <> '''' ORDER BY 1) TO STDOUT',
  string_agg(format('SELECT fname FROM %s', c.oid::regclass), ' UNION ALL '))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE a.attname = 'fname' AND c.relkind = 'r'
  AND c.relnamespace = to_regnamespace(quote_ident(current_schema()))
\gexec
\echo done
"""
"""For psql: the names of all files in hex, each once, in the order of their bytes."""
