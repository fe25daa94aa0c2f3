"""The spine: one function per human step, in the order a case lives through them.

``window``       the draft, receipt, acceptance, correction, turning away
``departments``  pre-check, review, site visit, defects
``lead``         collation, sending back, adding a department
``decisions``    intended refusal, statement and defence, decision
``closing``      fees, issue, delivery, withdrawal

Every step does the same four things: take the task under the lock, do what the law asks
(``approvals``), print the paper, let the process run on (``flow``). None commits.
"""
