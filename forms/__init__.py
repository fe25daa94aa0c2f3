"""Forms: what is asked, how an answer is checked, what a page needs to draw it.

The lowest layer: knows neither the approvals nor the database nor HTML.
"""

from .definition import Form, FormFileError, union
from .rendering import fields_for, text_of
from .validation import Faults, check, validate

__all__ = ["Faults", "Form", "FormFileError", "check", "fields_for", "text_of", "union", "validate"]
