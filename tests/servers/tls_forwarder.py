# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""TLS in front of servers that speak plain HTTP, with the standard library.

Usage: python -m tests.servers.tls_forwarder CERTIFICATE KEY LISTEN:TARGET...

A route LISTEN:TARGET:as-it-is leaves the answers alone, as most fronts do.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import threading

CHUNK = 1 << 16


def secure_storage_url(chunk: bytes) -> bytes:
    """Let TempAuth's answer name the https address: it says http whoever asks."""
    if not chunk.startswith(b"HTTP/1."):
        return chunk
    head, separator, body = chunk.partition(b"\r\n\r\n")
    return head.replace(b"X-Storage-Url: http://", b"X-Storage-Url: https://") + separator + body


def pump(reader: socket.socket, writer: socket.socket, *, answers: bool) -> None:
    """Carry bytes one way until either end closes."""
    with contextlib.suppress(OSError):
        while chunk := reader.recv(CHUNK):
            writer.sendall(secure_storage_url(chunk) if answers else chunk)
    with contextlib.suppress(OSError):
        writer.shutdown(socket.SHUT_RDWR)


def serve(
    connection: socket.socket, target: int, context: ssl.SSLContext, *, answers: bool
) -> None:
    """Forward one client's connection to the port ``target``."""
    with (
        contextlib.suppress(OSError),
        connection,
        context.wrap_socket(connection, server_side=True) as client,
        socket.create_connection(("127.0.0.1", target)) as server,
    ):
        back = threading.Thread(target=pump, args=(server, client), kwargs={"answers": answers})
        back.start()
        pump(client, server, answers=False)
        back.join()


def listen(port: int, target: int, context: ssl.SSLContext, *, answers: bool = True) -> None:
    with socket.create_server(("127.0.0.1", port), backlog=128) as listener:
        while True:
            connection, _peer = listener.accept()
            threading.Thread(
                target=serve,
                args=(connection, target, context),
                kwargs={"answers": answers},
                daemon=True,
            ).start()


def main(certificate: str, key: str, *routes: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listeners = []
    for route in routes:
        port, target, *as_it_is = route.split(":")
        listeners.append(
            threading.Thread(
                target=listen,
                args=(int(port), int(target), context),
                kwargs={"answers": not as_it_is},
            )
        )
    for listener in listeners:
        listener.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
