# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""The API: what is there, upload, replace, download, delete."""

from __future__ import annotations

import tempfile
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse

from tests.cube.application import files
from tests.cube.application.models import StoredFile


def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 as soon as the application serves; it asks the database only, as CUBE's does."""
    return JsonResponse({"files": StoredFile.objects.count()})


def listing(request: HttpRequest) -> HttpResponse:
    """Tell every file that should be there, as the database has it."""
    rows = StoredFile.objects.order_by("file").values_list("file", "size", "sha256")
    return JsonResponse(
        {"files": [{"name": name, "size": size, "sha256": sha256} for name, size, sha256 in rows]}
    )


def file(request: HttpRequest, name: str) -> HttpResponse:
    """Upload with POST, replace with PUT, download with GET, delete with DELETE."""
    stored = StoredFile.objects.filter(file=name).first()
    if request.method == "POST":
        if stored:
            return HttpResponse("There is such a file.\n", status=409)
        with _body(request) as content:
            files.create(name, content)
        return HttpResponse(status=201)
    if stored is None:
        return HttpResponse("There is no such file.\n", status=404)
    if request.method == "PUT":
        with _body(request) as content:
            files.replace(stored, content)
        return HttpResponse(status=200)
    if request.method == "DELETE":
        files.delete(stored)
        return HttpResponse(status=204)
    return FileResponse(stored.file.open("rb"), content_type="application/octet-stream")


def _body(request: HttpRequest) -> IO[bytes]:
    """Return the request's body as a file, which is on disk when it is large.

    :raises OSError: the client has gone before it had sent everything.
    """
    content = tempfile.SpooledTemporaryFile(files.CHUNK)  # noqa: SIM115
    while chunk := request.read(files.CHUNK):
        content.write(chunk)
    if content.tell() != int(request.headers["Content-Length"]):
        raise OSError("the body is not complete")
    content.seek(0)
    return content
