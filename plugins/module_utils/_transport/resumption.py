# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: fnndsc.swift_migration contributors
"""Continues a GET that broke in mid-body, in the same version of the object."""

from __future__ import annotations

import math
import re
import time

from .curl_handle import Answer
from .http_messages import Request, Response, TransportError, origin_of
from .postponement import LONG_PAUSE
from .retry import PATIENCE, RETRIED_STATUSES, Retry
from .retry_counts import BROKEN
from .status_errors import retry_after

PROGRESS = 128 * 1024
"""Bytes that a try must bring, for the tries to be counted anew after it."""

BARREN = 3
"""Tries in a row that are answered with 206 and bring no byte, after which the source does not have
what follows.  A bad connection breaks somewhere else each time."""

RANGE = re.compile(r"bytes=(\d+)-\d+")

ANSWERS = {
    200: "does not give parts of objects (Range)",
    206: "gives another part, or one of another version",
    404: "does not have this version any more",
    412: "does not have this version any more",
}

CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(?:\d+|\*)")


class Resumption:
    """Decides whether and when the rest of a body is asked for, and whether an answer is the rest.

    :param request: the GET that broke, which may be for a range itself.
    :param got: the head of its answer.
    :param size: bytes of its body.
    :param retry: how often in a row it is tried without progress, and with which pauses.  Tries
        while the server answers nobody do not count.
    :ivar broken: why the last try broke, until the rest is asked for.
    :ivar answer: the head of the answer to the last try.
    """

    def __init__(self, request: Request, got: Response, size: int, retry: Retry) -> None:
        self._request, self._size, self._retry = request, size, retry
        self._etag = got.etag
        asked = RANGE.fullmatch(request.headers.get("Range", ""))
        self._first = int(asked.group(1)) if asked else 0
        self._begun_at = 0
        self._tries = self._barren = 0
        self._due = 0.0
        self._server = retry.servers.at(origin_of(request.url))
        self._answers: int | None = None  # of the server when it was away
        self._heard: int | None = None  # its answers when it did not answer the last try
        self._silent = 0
        self._silent_since = 0.0
        self._why = ""
        self._checked = False
        self._wrong: NotTheRestError | None = None
        self.broken: TransportError | None = None
        self.answer = Answer()

    def broke(self, error: TransportError, received: int) -> None:
        """Note that a try broke.

        :param received: bytes of the body that have come by now, from all tries.
        :raises BreaksOffError: the source does not have the rest.
        :raises TransportError: it is no use to ask for the rest.
        """
        came = received - self._begun_at
        is_rest = self._checked and self._wrong is None
        self._barren = self._barren + 1 if is_rest and not came else 0
        self._tries = 1 if came >= PROGRESS else self._tries + 1
        if self._barren == BARREN:
            raise BreaksOffError(self._first + received, error)
        anew = isinstance(error, NotTheRestError) and error.begin_anew
        hopeless = anew or not (error.retryable and received and self._etag)
        hopeless = hopeless or (error.retry_after or 0.0) > LONG_PAUSE  # the PUT does not wait
        if hopeless or self._tries - self._note_silence(error) >= self._retry.attempts:
            raise error
        self._retry.counts.add(BROKEN)
        self._due = time.monotonic() + self._retry.wait(self._tries, error.retry_after)
        self.broken = error
        if not isinstance(error, NotTheRestError):
            self._why = error.message

    def _note_silence(self, error: TransportError) -> int:
        """Note whether the server answers nobody; give the number of tries that failed for that.

        While it answers others, this one waits for the end of its pause.
        """
        now, answers = time.monotonic(), self._server.answers
        before, self._heard = self._heard, answers if error.unanswered else None
        is_away = bool(error.unanswered) and before in (None, answers)
        self._answers = answers if is_away else None
        if before is None or self._tries == 1:
            self._silent, self._silent_since = 0, now
        elif is_away and answers and now - self._silent_since < PATIENCE:
            self._silent += 1
        return self._silent

    def end(self) -> None:
        """Wait no longer.

        :raises TransportError: why the last try broke, if the rest has not been asked for since.
        """
        if self.broken is not None:
            raise self.broken

    @property
    def seconds(self) -> float:
        """Seconds until the rest is to be asked for; none any more when its server is back."""
        if self.broken is None:
            return math.inf
        now = time.monotonic()
        server, answers = self._server, self._answers
        if answers is not None and (server.answers != answers or server.probe(now)):
            self._due = now
        return max(0.0, self._due - now)

    def rest(self, received: int) -> Request:
        """The GET for the bytes that have not come yet; ``answer`` takes the head of its answer."""
        self._begun_at = received
        self._checked, self._wrong = False, None
        self.broken, self.answer = None, Answer()
        method, url, headers, body = self._request
        wanted = {"Range": f"bytes={self._from}-{self._last}", "If-Match": f'"{self._etag}"'}
        return Request(method, url, {**headers, **wanted}, body)

    def check(self) -> None:
        """See that the answer is the rest; a second time costs nothing.

        :raises NotTheRestError: it is not.  :raises HeaderError: its headers are none.
        """
        if not self._checked:
            self._checked = True
            self._wrong = self._look(Response(self.answer.status, self.answer.head))
        if self._wrong is not None:
            raise self._wrong

    def _look(self, answer: Response) -> NotTheRestError | None:
        found = CONTENT_RANGE.fullmatch(answer.headers.get("content-range", ""))
        place = (int(found.group(1)), int(found.group(2))) if found else None
        wanted = (self._from, self._last)
        if (answer.status, answer.etag, place) == (206, self._etag, wanted):
            return None
        said = ANSWERS.get(answer.status, f"answers {answer.status}")
        return NotTheRestError(
            f"{self._why}. It cannot go on after {self._begun_at:,} bytes: the source {said}",
            answer,
        )

    @property
    def _from(self) -> int:
        return self._first + self._begun_at

    @property
    def _last(self) -> int:
        return self._first + self._size - 1


class NotTheRestError(TransportError):
    """The rest of a body was asked for, and something else was answered.

    :ivar begin_anew: whether the body has to be asked for from its beginning, as the server would
        answer no better.
    """

    def __init__(self, message: str, answer: Response) -> None:
        super().__init__(message)
        self.begin_anew = answer.status not in RETRIED_STATUSES
        self.retry_after = retry_after(answer.headers)


class BreaksOffError(TransportError):
    """A server gives the first bytes of an object and does not have the rest.

    :param size: how many these are.  :param error: how the last try broke.
    """

    def __init__(self, size: int, error: TransportError) -> None:
        super().__init__(
            f"it breaks off after {size:,} bytes each time: {error.message}", retryable=False
        )
