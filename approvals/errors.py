"""What a person can do wrong, each with its message id, its parameters and its HTTP status."""

from collections.abc import Mapping

from .messages import N_
from .terms import Term


class DomainError(Exception):
    """Base of every refusal; ``web/`` translates ``message`` and shows it with ``params``."""

    message = N_("这一步现在不能办理。")
    status = 400

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.text())

    def text(self) -> str:
        """The Chinese sentence, for logs and the command line."""
        params = {name: plain(value) for name, value in self.params.items()}
        return self.message % params if params else self.message


def plain(value: object) -> object:
    """A name in two languages or a term in Chinese; several of them as a list."""
    if isinstance(value, Term):
        return value.label
    if isinstance(value, Mapping):
        return value["zh"]
    if isinstance(value, list | tuple):
        return "、".join(str(plain(one)) for one in value)
    return value


class Forbidden(DomainError):
    """The authority table does not let this person do this act."""

    message = N_("您的岗位不能办理“%(act)s”。请联系有权办理的同事。")
    status = 403


class NotFound(DomainError):
    """No such thing, or not one this person may see: the two look the same."""

    message = N_("没有找到您要的内容，或您无权查看。")
    status = 404


class StaleTask(DomainError):
    """Another officer has already done this step (陈旧页面)."""

    message = N_(
        "这一步已由%(who)s于%(when)s办理（%(what)s）。本次提交没有写入任何内容，请查看办件的最新情况。"
    )
    status = 409


class WrongState(DomainError):
    """The case is not where this act is lawful."""

    message = N_("办件目前处于“%(state)s”，不能办理“%(act)s”。请刷新后再看。")
    status = 409


class Invalid(DomainError):
    """One or more fields are wrong; ``fields`` maps a field's name to (message id, params)."""

    message = N_("有 %(count)s 处需要更正，请看各栏的提示。")
    status = 422

    def __init__(self, fields: dict[str, tuple[str, dict[str, object]]]) -> None:
        self.fields = fields
        super().__init__(count=len(fields))


class ReasonRequired(DomainError):
    """A negative act without reasons is void (行政许可法 38)."""

    message = N_("请写明理由。")
    status = 422
