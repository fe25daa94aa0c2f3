"""Translation with a type: ``_`` that yields a plain string."""

import flask_babel


def _(message: str, **params: object) -> str:
    """The sentence in the reader's language."""
    return str(flask_babel.gettext(message, **params))


def ngettext(one: str, more: str, number: int) -> str:
    """The form of a sentence for this number, which stands in it as ``num``."""
    return str(flask_babel.ngettext(one, more, number))
