"""Granted or not, as a form says it: one of two known words, never a guess."""

from collections.abc import Mapping

from approvals.errors import DomainError
from approvals.messages import N_

RULINGS: Mapping[str, bool] = {"yes": True, "no": False}


class UnknownRuling(DomainError):
    """Neither granted nor refused was chosen: what is not said is not read as a refusal."""

    message = N_("请选择准予（批准）或者不予（不批准）。本次提交没有写入任何内容。")
    status = 422


def granted_of(form: Mapping[str, str]) -> bool:
    """What field ``granted`` says. Raises ``UnknownRuling`` for anything but ``yes`` and ``no``."""
    typed = form.get("granted", "").strip()
    if typed not in RULINGS:
        raise UnknownRuling
    return RULINGS[typed]
