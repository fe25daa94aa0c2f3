"""The few flags a gateway may read. Everything else a case knows stays in the tables."""

from typing import Final

from approvals.messages import N_

FACTS: Final[dict[str, str]] = {
    "outcome": N_("刚办结的一步的结论；下一步办结后即被忘记"),
    "intake": N_("收件时的结论：checking、correction 或 accepted"),
    "decides": N_("本部门是否作出自己的决定：是或否"),
    "joint": N_("是否并联办件的单项：是或否"),
    "prerequisite": N_("前置单项是否未决：none 或 open"),
    "result": N_("各部门决定合起来的结果：all_granted、some_granted 或 none_granted"),
}
