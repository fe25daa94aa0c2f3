"""Steps of a proceeding against a permit, as the case page shows them: they are done on the permit's own page."""

from approvals import proceeding_rules
from approvals.tables import Proceeding, Task

from ..transactions import db
from . import blueprint


def permit_proceeding(task: Task) -> Proceeding | None:
    """The open proceeding whose step this task is."""
    return proceeding_rules.of_task(db(), task.part)


blueprint.add_app_template_global(permit_proceeding, "permit_proceeding")
