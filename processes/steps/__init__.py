"""The spine: one function per human step, in the order a case lives through them.

``window``        the draft, receipt, acceptance, correction or turning away on the spot
``acceptance``    what acceptance asks and does; used by the window and after checking
``turning_away``  written answers that are no acceptance
``checking``      after receipt: checking, corrections and their answers, deferred materials
``departments``   pre-check, review with its opinion, site visit, defects
``lead``          collation, sending back, adding a department
``commitment``    notice and commitment: offered, made, given up, and what follows it
``decisions``     intended refusal, statement and defence, decision
``special``       extensions, and procedures that stop the clock, beside the review
``hearings``      the hearing: told, asked for or ordered, appointed, held and recorded
``closing``       fees, issue, delivery, withdrawal

Every step does the same four things: take the task under the lock, do what the law asks
(``approvals``), print the paper, let the process run on (``flow``). None commits.
"""
