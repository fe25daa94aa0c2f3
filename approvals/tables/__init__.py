"""All tables, by area. Truth stands here; the engine only knows its position."""

from .cases import Case, CaseMaterial, CasePart, Fee, LedgerEntry, StoredFile, Task
from .catalogue import FormVersion, ServiceItem
from .commitments import Commitment, CommitmentClause, CreditRecord, Verification, VerificationCheck
from .documents import Delivery, Document, Message, NumberSeries, Permit
from .limits import CalendarVersion, Hearing, SpecialProcedure, SupervisoryOrder, Timer, Urging
from .people import Applicant, ApplicationBar, Department, SignIn, Staff, StaffRole, StandIn
from .processes import ProcessDefinition, ProcessInstance
from .record import JournalEntry
from .register import CertificateTemplate, PermitEvent, Proceeding
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
    "CertificateTemplate",
    "Commitment",
    "CommitmentClause",
    "Correction",
    "CreditRecord",
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
    "PermitEvent",
    "Proceeding",
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
    "Verification",
    "VerificationCheck",
]
