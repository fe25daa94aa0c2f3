"""People: staff and how they sign in, departments, applicants.

``signing_in`` passwords, lock-out, sessions; ``staff`` accounts and posts; ``leaving`` hand-over, stand-ins;
``directory`` finding; ``departments``; ``applicants`` who applies, and looking at their full numbers.
"""

from .applicants import Revealed, find_or_create, reveal
from .departments import edit_department
from .directory import (
    StaffPage,
    all_departments,
    colleagues,
    find_staff,
    get_department,
    get_staff,
    holders_of,
)
from .leaving import (
    CannotTakeOver,
    HandOverNeeded,
    arrange_stand_in,
    deactivate,
    end_stand_in,
    hand_over_tasks,
    open_work,
    reactivate,
    stand_ins,
)
from .passwords import MIN_LENGTH, new_temporary_password
from .signing_in import (
    SignInRefused,
    begin_sign_in,
    change_password,
    credentials,
    end_sign_in,
    end_sign_ins,
    matches,
    sign_in,
    signed_in,
    signed_in_with_unread,
)
from .staff import change_roles, create_staff, edit_staff, first_administrator, reset_password

__all__ = [
    "MIN_LENGTH",
    "CannotTakeOver",
    "HandOverNeeded",
    "Revealed",
    "SignInRefused",
    "StaffPage",
    "all_departments",
    "arrange_stand_in",
    "begin_sign_in",
    "change_password",
    "change_roles",
    "colleagues",
    "create_staff",
    "credentials",
    "deactivate",
    "edit_department",
    "edit_staff",
    "end_sign_in",
    "end_sign_ins",
    "end_stand_in",
    "find_or_create",
    "find_staff",
    "first_administrator",
    "get_department",
    "get_staff",
    "hand_over_tasks",
    "holders_of",
    "matches",
    "new_temporary_password",
    "open_work",
    "reactivate",
    "reset_password",
    "reveal",
    "sign_in",
    "signed_in",
    "signed_in_with_unread",
    "stand_ins",
]
