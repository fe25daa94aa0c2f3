"""The days to answer are the holder's: what was said early does not end them, a waiver in writing does."""

from datetime import timedelta

from approvals.clock import local_day
from approvals.proceeding_rules import AnswersNotOver, statement_until
from approvals.terms import PermitStatus
from tests import register_acts as acts
from tests.register_acts import present, refused
from tests.register_cases import issued


def test_nothing_is_taken_in_the_minute_of_the_telling(centre):
    [permit] = issued(centre, "public_venue_hygiene")
    proceeding = acts.tell(centre, permit, "suspend", "penalty")
    acts.hear(centre, proceeding, "明天提交书面申辩（示例）", waived=False)
    last = present(statement_until(centre.session, proceeding))
    error = refused(centre, AnswersNotOver, lambda: acts.decide(centre, proceeding))
    assert str(last) in str(error)
    centre.later(days=(last - local_day(centre.now)).days)
    refused(
        centre, AnswersNotOver, lambda: acts.decide(centre, proceeding)
    )  # the last day is the holder's too
    centre.later(days=1)
    assert local_day(centre.now) == last + timedelta(days=1)
    acts.decide(centre, proceeding)
    assert permit.status == PermitStatus.SUSPENDED


def test_the_rest_of_the_days_is_given_up_in_writing(centre):
    [permit] = issued(centre, "public_venue_hygiene")
    proceeding = acts.tell(centre, permit, "suspend", "penalty")
    acts.hear(centre, proceeding, "没有异议（示例）", waived=True)
    acts.decide(centre, proceeding)
    assert permit.status == PermitStatus.SUSPENDED


def test_what_favours_the_holder_need_not_wait(centre):
    [permit] = issued(centre, "public_venue_hygiene")
    proceeding = acts.tell(centre, permit, "suspend", "penalty")
    acts.hear(centre, proceeding, "消毒记录已找到（示例）", waived=False)
    acts.decide(centre, proceeding, "dropped")
    assert permit.status == PermitStatus.VALID
