"""The words of a hearing (听证): its states, who moves it, and every way in which it can be refused."""

from .errors import DomainError
from .messages import N_
from .terms import Term


class HearingState(Term):
    """Where a hearing stands."""

    TOLD = "told", N_("已告知听证权利")
    WAIVED = "waived", N_("已书面放弃听证")
    ASKED = "asked", N_("待安排听证")
    APPOINTED = "appointed", N_("已发听证通知")
    CLOSED = "closed", N_("听证已结束")
    WITHDRAWN = "withdrawn", N_("已撤回听证要求")


class Ground(Term):
    """On whose motion a hearing is held."""

    EX_OFFICIO = "ex_officio", N_("依职权举行")
    ON_REQUEST = "on_request", N_("应要求举行")


class AskerKind(Term):
    """Who is told of the right to a hearing, and may ask for one."""

    APPLICANT = "applicant", N_("申请人")
    INTERESTED = "interested", N_("利害关系人")


ARTICLES = {
    Ground.EX_OFFICIO: "《中华人民共和国行政许可法》第四十六条",
    Ground.ON_REQUEST: "《中华人民共和国行政许可法》第四十七条",
}
PROCEEDING_ARTICLES = {"penal_revoke": "《中华人民共和国行政处罚法》第六十三条、第六十四条"}
"""Kind of act on a permit → the article of its hearing; any other goes by that of a licence (行政许可法 47)."""
OPEN = (HearingState.ASKED, HearingState.APPOINTED)


class HearingNotTold(DomainError):
    """The right to ask begins with being told of it (行政许可法 47)."""

    message = N_(
        "还没有向%(who)s告知听证权利，不能登记听证要求。请先发出拟不予许可告知书或者听证权利告知书。"
    )
    status = 409


class HearingAskedLate(DomainError):
    """Asked for after the five days (行政许可法 47)."""

    message = N_("听证权利已于 %(told)s 告知，应当在 %(until)s 前提出；%(asked)s 才提出，已超过期限。")
    status = 409


class HearingWaived(DomainError):
    """Given up in writing."""

    message = N_("%(who)s已书面放弃听证，不能再提出。")
    status = 409


class HearingAlready(DomainError):
    """One hearing a part; whoever else is concerned takes part in it."""

    message = N_("本单项已有听证（%(state)s），不再另行举行；其他利害关系人可以作为第三人参加。")
    status = 409


class NoDecisionHere(DomainError):
    """A hearing prepares a decision; a part with an opinion only makes none."""

    message = N_("本单项只提出意见、不作出决定，不举行听证。")
    status = 422


class HearingOpen(DomainError):
    """The decision follows the record, so the record comes first (行政许可法 48)."""

    message = N_("听证还没有结束（%(state)s），应当根据听证笔录作出决定。请先举行听证并登记笔录。")
    status = 409


class HearingPeriodOpen(DomainError):
    """Somebody may still ask for a hearing (行政许可法 47)."""

    message = N_("%(who)s可以在 %(until)s 前要求听证；期限未满，又没有书面放弃听证的，不能作出决定。")
    status = 409


class HearingDay(DomainError):
    """Too soon after the notice, too late after the request, or on no working day."""

    message = N_(
        "听证须在 %(first)s 至 %(last)s 之间的工作日举行：提前七个工作日通知，自提出之日起二十个工作日内组织。"
    )
    status = 422


class ChairReviewed(DomainError):
    """The chair is not one who reviewed the application (行政许可法 48)."""

    message = N_("%(who)s参与过本单项的审查或者调查，不能主持听证。请另行指定主持人。")
    status = 422


class ChairUnfit(DomainError):
    """Chair and recorder are two people of the department."""

    message = N_("主持人和记录人须是本部门在岗的两名工作人员，主持人须有主持听证的岗位。")
    status = 422


class ChairOnly(DomainError):
    """A hearing is held by the chair that was named to everybody concerned (行政许可法 48)."""

    message = N_(
        "本次听证由%(who)s主持，只能由主持人办理。需要换人主持的，请部门负责人把“举行听证”转给没有参与审查的人员。"
    )
    status = 403


class ChairApart(DomainError):
    """Whoever is to chair the hearing does not review meanwhile (行政许可法 48)."""

    message = N_(
        "%(who)s被指定为本单项听证主持人，听证结束前不能参与审查、提出申请或者作出决定。请由其他同事办理，或者请部门负责人另行指定主持人。"
    )
    status = 409


class LateWhy(DomainError):
    """Held after the twenty days only with the reasons of whoever appoints it (行政许可法 47)."""

    message = N_(
        "听证应当在 %(until)s 前举行，提前七个工作日通知已来不及。请写明延期举行的理由，理由会告知参加人和监察人员。"
    )
    status = 422


class PostponedAlready(DomainError):
    """Once put off past the twenty days it takes place (行政许可法 47)."""

    message = N_(
        "听证已延期到 %(until)s 的期限之后，不能再次改期，请于 %(when)s 举行。主持人不能到场的，请部门负责人把“举行听证”转给没有参与审查的人员；参加人没有到场的，在笔录中写明。"
    )
    status = 409


class ClosedWhy(DomainError):
    """A hearing is held in public (行政许可法 48)."""

    message = N_("听证应当公开举行。不公开的，请写明涉及国家秘密、商业秘密或者个人隐私的理由。")
    status = 422


class PlaceRequired(DomainError):
    """The notice names time and place."""

    message = N_("请写明听证地点。")
    status = 422


class NotHeldYet(DomainError):
    """A record of what has not taken place."""

    message = N_("听证约定于 %(when)s 举行，举行之后才能登记笔录。")
    status = 409


class SignaturesMissing(DomainError):
    """Whoever took part signs, or refuses and it is said why (行政许可法 48)."""

    message = N_(
        "请登记参加人：申请人或者要求听证的人必须列明；每人须已签名，拒绝签名或者没有到场的写明情况。"
    )
    status = 422


class NotWithdrawable(DomainError):
    """Only who asked may give it up, and only before it was held."""

    message = N_("只有应要求举行、尚未结束的听证才能由提出的人撤回。")
    status = 409
