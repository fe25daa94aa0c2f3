"""Selections that several pages offer, as (value, words) in the reader's language."""

from collections.abc import Iterable

from flask_babel import gettext

from approvals.tables import Department, Staff
from approvals.terms import Role, Term

from .i18n import listed, local

Options = list[tuple[str, str]]


def of_terms(terms: Iterable[Term]) -> Options:
    """Codes with their labels."""
    return [(term.value, gettext(term.label)) for term in terms]


def of_departments(departments: Iterable[Department]) -> Options:
    """Departments by name."""
    return [(str(department.id), local(department.name)) for department in departments]


def of_staff(people: Iterable[Staff]) -> Options:
    """Staff by name, with their posts, so that two of one name can be told apart."""
    return [(str(person.id), f"{person.name} · {_posts(person)}") for person in people]


def _posts(person: Staff) -> str:
    return listed(Role(held.role) for held in person.roles) or person.login
