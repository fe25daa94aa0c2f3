"""Lanes of the diagrams (泳道) and the posts that work in them.

A lane's name is what people read on the diagram; the role code is what the authority table knows.
``applicant`` is no post of staff: the applicant acts under a case number and query code.
"""

from typing import Final

LANES: Final[dict[str, str]] = {
    "窗口": "window_clerk",
    "审查人员": "officer",
    "部门负责人": "head",
    "牵头人员": "lead_officer",
    "申请人": "applicant",
}
