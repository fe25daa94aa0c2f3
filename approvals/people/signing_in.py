"""Signing in: in the order it happens. Instants are UTC.

The slow check of the password is a step of its own (``credentials`` then ``matches``), so that no write
lock is held meanwhile; ``sign_in`` then judges under the lock of the person's row.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from .. import journal, reminders
from ..errors import DomainError, Invalid
from ..messages import N_
from ..tables import SignIn, Staff
from . import passwords

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)


class SignInRefused(DomainError):
    """One sentence for an unknown login, a wrong password, a locked and a closed account."""

    message = N_(
        "登录名或密码不对。连续 %(count)s 次不对，账户会锁定 %(minutes)s 分钟；忘记密码请联系系统管理员。"
    )
    status = 401

    def __init__(self) -> None:
        super().__init__(count=FAILURES_ALLOWED, minutes=LOCKED_FOR // timedelta(minutes=1))


@dataclass(frozen=True)
class Credentials:
    """What a password is checked against; of nobody where the login is unknown."""

    staff_id: int | None
    password_hash: str


def credentials(session: Session, login: str) -> Credentials:
    """Look the login up, case-insensitively."""
    row = session.execute(
        select(Staff.id, Staff.password_hash).where(Staff.login == login.strip().lower())
    ).one_or_none()
    return Credentials(row.id, row.password_hash) if row else Credentials(None, passwords.nobodys_hash())


def matches(found: Credentials, password: str) -> bool:
    """Check the password; as slow for an unknown login as for a known one."""
    return passwords.holds(found.password_hash, password)


def sign_in(
    session: Session, found: Credentials, password: str, *, matched: bool, now: datetime
) -> Staff | None:
    """The person, or None where refused; a refusal is counted, so its writes are to be kept."""
    staff = session.get(Staff, found.staff_id, with_for_update={"of": Staff}) if found.staff_id else None
    if staff is None:
        return None
    if staff.locked_until is not None and staff.locked_until > now:
        return None
    if not matched or not staff.active or staff.password_hash != found.password_hash:
        _count_failure(session, staff, now)
        return None
    staff.failures = 0
    staff.locked_until = None
    if passwords.outdated(staff.password_hash):
        staff.password_hash = passwords.hashed(password)
    return staff


def begin_sign_in(session: Session, staff: Staff, *, hours: int, now: datetime) -> str:
    """Open a session of ``hours`` hours and return its token, which is stored only as a hash."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=_fingerprint(token), staff_id=staff.id, at=now, expires_at=now + timedelta(hours=hours)
        )
    )
    journal.write(session, "sign_in", now=now, staff=staff)
    return token


def signed_in(session: Session, token: str, *, now: datetime) -> Staff | None:
    """The person behind a token, with department and roles, in one statement; None where it has ended."""
    found = signed_in_with_unread(session, token, now=now)
    return found[0] if found else None


def signed_in_with_unread(session: Session, token: str, *, now: datetime) -> tuple[Staff, int] | None:
    """The same with the number of unread reminders, which every page shows: still one statement."""
    row = (
        session.execute(
            select(SignIn, reminders.count_unread(SignIn.staff_id))
            .options(
                joinedload(SignIn.staff).joinedload(Staff.department),
                joinedload(SignIn.staff).joinedload(Staff.roles),
            )
            .where(
                SignIn.token_hash == _fingerprint(token), SignIn.ended_at.is_(None), SignIn.expires_at > now
            )
        )
        .unique()
        .one_or_none()
    )
    return (row[0].staff, row[1]) if row is not None and row[0].staff.active else None


def change_password(session: Session, staff: Staff, old: str, new: str, *, token: str, now: datetime) -> None:
    """Set a new password and end the person's other sessions.

    Raises ``Invalid`` for a wrong old password (field ``old``) or a weak new one (field ``new``).
    """
    if not passwords.holds(staff.password_hash, old):
        raise Invalid({"old": (N_("现在的密码不对。"), {})})
    passwords.check_new(new, staff.login, old)
    staff.password_hash = passwords.hashed(new)
    staff.must_change_password = False
    end_sign_ins(session, staff, now=now, but=token)
    journal.write(session, "change_password", now=now, staff=staff)


def end_sign_in(session: Session, token: str, *, now: datetime) -> None:
    """Sign out: the row ends, a copy of the cookie is worth nothing."""
    session.execute(
        update(SignIn)
        .where(SignIn.token_hash == _fingerprint(token), SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_sign_ins(session: Session, staff: Staff, *, now: datetime, but: str = "") -> None:
    """End all sessions of a person, except that of the token ``but``."""
    session.execute(
        update(SignIn)
        .where(SignIn.staff_id == staff.id, SignIn.ended_at.is_(None), SignIn.token_hash != _fingerprint(but))
        .values(ended_at=now)
    )


def _count_failure(session: Session, staff: Staff, now: datetime) -> None:
    staff.failures += 1
    if staff.failures < FAILURES_ALLOWED:
        return
    staff.failures = 0
    staff.locked_until = now + LOCKED_FOR
    journal.write(session, "lock_account", now=now, after={"login": staff.login})


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
