"""The boundary: one session and at most one commit per request.

Reads (GET, HEAD) get a session that takes no write lock. A request that ends well commits once; one that
raises, or answers with an HTTP status of 400 or more, writes nothing unless ``keep_writes`` was called.
Before the commit the timers of every case that was locked are brought up to date.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from approvals import database, timers

READS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask, engine: Engine, clock: Callable[[], datetime]) -> None:
    """Join the boundary to the app; ``clock`` gives the aware UTC instant of a request."""
    app.extensions["engine"] = engine
    app.extensions["clock"] = clock
    app.after_request(_finish)
    app.teardown_request(_close)


def db() -> Session:
    """The session of this request, opened at its first use."""
    if "db" not in g:
        open_session = database.reading_session if request.method in READS else database.writing_session
        g.db = open_session(current_app.extensions["engine"])
    session: Session = g.db
    return session


def now() -> datetime:
    """The instant (aware UTC) of this request; the same for everything it does."""
    if "now" not in g:
        g.now = current_app.extensions["clock"]()
    instant: datetime = g.now
    return instant


def keep_writes() -> None:
    """Commit although the answer is a refusal, as when a failed sign-in is counted."""
    g.keep_writes = True


@contextmanager
def unit_of_work(engine: Engine, now: datetime | None = None) -> Iterator[Session]:
    """One transaction of a command or a background job: commits at the end, rolls back on any error.

    Whoever acts on cases gives the instant ``now`` (aware UTC), so that the timers of those cases follow.
    """
    with database.writing_session(engine) as session, session.begin():
        yield session
        if now is not None:
            timers.sync_touched(session, now)


def _finish(response: Response) -> Response:
    session: Session | None = g.get("db")
    if session is None:
        return response
    if request.method in READS or (response.status_code >= 400 and not g.get("keep_writes", False)):
        session.rollback()
        return response
    timers.sync_touched(session, now())
    session.commit()
    return response


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("db", None)
    if session is not None:
        session.close()
