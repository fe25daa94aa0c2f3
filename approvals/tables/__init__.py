"""All tables, by area. Truth stands here; the engine only knows its position."""

from .cases import Case, CaseMaterial, CasePart, Fee, LedgerEntry, StoredFile, Task
from .catalogue import FormVersion, ServiceItem
from .documents import Delivery, Document, Message, NumberSeries, Permit
from .limits import CalendarVersion, Hearing, SpecialProcedure, SupervisoryOrder, Timer, Urging
from .people import Applicant, ApplicationBar, Department, SignIn, Staff, StaffRole, StandIn
from .processes import ProcessDefinition, ProcessInstance
from .record import JournalEntry
from .review import (
    Correction,
    Decision,
    Defect,
    Opinion,
    Settlement,
    SiteVisit,
    SiteVisitFinding,
    StatementHearing,
)

__all__ = [
    "Applicant",
    "ApplicationBar",
    "CalendarVersion",
    "Case",
    "CaseMaterial",
    "CasePart",
    "Correction",
    "Decision",
    "Defect",
    "Delivery",
    "Department",
    "Document",
    "Fee",
    "FormVersion",
    "Hearing",
    "JournalEntry",
    "LedgerEntry",
    "Message",
    "NumberSeries",
    "Opinion",
    "Permit",
    "ProcessDefinition",
    "ProcessInstance",
    "ServiceItem",
    "Settlement",
    "SignIn",
    "SiteVisit",
    "SiteVisitFinding",
    "SpecialProcedure",
    "Staff",
    "StaffRole",
    "StandIn",
    "StatementHearing",
    "StoredFile",
    "SupervisoryOrder",
    "Task",
    "Timer",
    "Urging",
]
