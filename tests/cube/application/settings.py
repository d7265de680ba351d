# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Django's settings, from the variables that CUBE reads.

As with CUBE, these settings cannot be imported without the storage: so no process starts.
"""

from __future__ import annotations

from importlib import import_module
from os import environ

from django.core.exceptions import ImproperlyConfigured

from tests.cube.application.stores import ConfigurationError, backend, required, store

try:
    BACKEND = backend(environ)
    STORE = store(environ)
    SECRET_KEY = required(environ, "DJANGO_SECRET_KEY")
    DATABASE = required(environ, "CUBE_DATABASE")
    STORE.connect()
except ConfigurationError as error:
    raise ImproperlyConfigured(str(error)) from error
except Exception as error:
    raise ImproperlyConfigured(f"the storage does not answer: {error}") from error

ALLOWED_HOSTS = environ.get("DJANGO_ALLOWED_HOSTS", "*").split(",")
ROOT_URLCONF = "tests.cube.application.urls"
INSTALLED_APPS = ["tests.cube.application", "tests.cube.application.plugins"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATABASE,
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL;",
        },
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
}

if BACKEND == "swift":
    import_module("pylibmagic")  # brings the library that django-storage-swift loads
    STORAGES = {"default": {"BACKEND": "swift.storage.SwiftStorage"}}
    SWIFT_AUTH_URL = environ["SWIFT_AUTH_URL"]
    SWIFT_USERNAME = environ["SWIFT_USERNAME"]
    SWIFT_KEY = environ["SWIFT_KEY"]
    SWIFT_CONTAINER_NAME = environ["SWIFT_CONTAINER_NAME"]
else:
    STORAGES = {"default": {"BACKEND": "storages.backends.s3.S3Storage"}}
    AWS_S3_ENDPOINT_URL = environ["S3_ENDPOINT_URL"]
    AWS_S3_ACCESS_KEY_ID = environ["S3_ACCESS_KEY"]
    AWS_S3_SECRET_ACCESS_KEY = environ["S3_SECRET_KEY"]
    AWS_STORAGE_BUCKET_NAME = environ["S3_BUCKET_NAME"]
    AWS_S3_REGION_NAME = environ.get("S3_REGION") or None
    AWS_S3_ADDRESSING_STYLE = "path"
