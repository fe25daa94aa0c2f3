"""Messages to the applicant at each stage and to departments; rows here are the outbox."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from .catalogue import item_for
from .messages import N_
from .tables import Case, CasePart, Department, Document, Message, Staff, Task

RETRY_MINUTES = (1, 5, 30, 120)
"""Waits before the next try; after the last the message is failed and shown to the clerk."""

TEXTS: dict[str, tuple[str, str]] = {
    "received": ("材料已接收", "您申请的“{item}”材料已接收，办件编号 {number}。我们将在五个工作日内一次告知是否需要补正。"),
    "accepted": ("申请已受理", "您申请的“{item}”已受理，办件编号 {number}，承诺办结日期 {due}。凭编号和受理通知书上的查询码可以在线查询进度。"),
    "correction": ("请补正材料", "您申请的“{item}”（办件 {number}）需要补正，请在 {answer_by} 前到窗口或在线提交。须补正内容见一次性补正告知书。"),
    "correction_beside": ("请补充材料", "您申请的“{item}”（办件 {number}）请在 {answer_by} 前补充材料，可以到窗口或在线提交。这次补充不影响受理：{notify_by} 前未告知是否受理的，自收到材料之日起即为受理。"),
    "deemed_accepted": ("申请已视为受理", "您申请的“{item}”（办件 {number}）在五个工作日内未收到补正告知，依法自 {since} 收到材料之日起视为受理，承诺办结日期 {due}。详见视为受理通知书。"),
    "correction_warning": ("补正期限将满", "您申请的“{item}”（办件 {number}）的补正材料还没有收到，{until} 届满。届满仍未补正的，视为撤回申请，材料原件退还，可以重新申请。请尽快到窗口或在线提交。"),
    "deemed_withdrawn": ("视为撤回申请", "您申请的“{item}”（办件 {number}）{what}已于 {until} 届满，此前已提醒，至今未收到材料，视为撤回申请，办理终止。理由、退还材料和救济途径见告知书，可以重新申请。"),
    "deferral_warning": ("容缺材料期限将满", "您申请的“{item}”（办件 {number}）还有容缺材料没有补齐：{materials}，{until} 届满。{consequence}请尽快到窗口补交。"),
    "deferral_expired": ("容缺期限已满", "您申请的“{item}”（办件 {number}）的容缺材料到 {until} 没有补齐，不能再补交，也不能准予；作出不予决定前会告知理由并听取您的陈述申辩。详见告知书。"),
    "not_accepted": ("不予受理", "您申请的“{item}”（办件 {number}）未予受理，理由和救济途径见决定书。"),
    "turned_away": ("申请事项告知", "您询问的“{item}”（办件 {number}）已有书面告知，请查看告知书。"),
    "site_visit": ("约定现场核查", "您申请的“{item}”（办件 {number}）约定于 {when} 到 {place} 现场核查，请留人在场。"),
    "proposed_refusal": ("拟不予许可告知", "您申请的“{item}”（办件 {number}）中的“{part}”拟不予许可，您有权陈述申辩，详见告知书。"),
    "decided": ("已作出决定", "您申请的“{item}”（办件 {number}）中的“{part}”已作出决定：{result}。"),
    "ready": ("证照文书可以领取", "您申请的“{item}”（办件 {number}）已办结，证照文书可以领取或等待邮寄。"),
    "delivered": ("已送达", "您申请的“{item}”（办件 {number}）的证照文书已送达。"),
    "extension": ("办理期限延长", "您申请的“{item}”（办件 {number}）的办理期限经批准延长{days}，新的法定办结日期 {due}。理由见延期告知书 {document}。"),
    "procedure": ("特别程序告知", "您申请的“{item}”（办件 {number}）依法进行{procedure}，所需时间至 {until}，不计入办理期限。详见告知书 {document}。"),
    "procedure_over": ("特别程序结束", "您申请的“{item}”（办件 {number}）的{procedure}已经结束，办理期限恢复计算。详见告知书 {document}。"),
    "hearing": ("听证通知", "您申请的“{item}”（办件 {number}）定于 {when} 在{place}举行听证，详见听证通知书 {document}。不收取任何费用。"),
    "hearing_put_off": ("听证改期", "您申请的“{item}”（办件 {number}）的听证改期，新的时间地点另行通知。理由：{reasons}"),
    "hearing_chair": ("听证主持人变更", "您申请的“{item}”（办件 {number}）的听证改由{who}主持。认为主持人与该事项有直接利害关系的，可以申请回避。"),
    "hearing_right": ("听证权利告知", "您申请的“{item}”（办件 {number}）：您可以在 {until} 前要求听证，详见听证权利告知书 {document}。"),
    "facts_told": ("监管告知", "您的“{permit}”（{permit_number}）：本机关拟予{act}。您可以在 {until} 前陈述申辩{hearing}，事实、理由和依据见告知书 {document}。"),
    "proceeding_dropped": ("监管程序办结", "您的“{permit}”（{permit_number}）：经复核，决定不予{act}。理由：{reasons}"),
    "permit_changed": ("证照状态变动", "您的“{permit}”（{permit_number}）已{act}，现为“{status}”。理由：{reasons}{paper}"),
    "verified": ("承诺核查符合", "您按告知承诺办理的“{item}”（办件 {number}）中的“{part}”，{department}已核查，各项承诺符合要求。{late}"),
    "rectify": ("请限期整改", "您按告知承诺办理的“{item}”（办件 {number}）中的“{part}”，经{department}核查有承诺事项不符合，请在 {until} 前整改，并到窗口或在线报告。详见责令限期整改通知书 {document}。"),
    "rectification_warning": ("整改期限将满", "您按告知承诺办理的“{item}”（办件 {number}）中的“{part}”须在 {until} 前整改到位并报告。届满没有报告的，{department}将直接再次核查；仍不符合的，依法提请撤销许可。"),
    "rectify_later": ("整改期限顺延", "您按告知承诺办理的“{item}”（办件 {number}）中的“{part}”的整改期限，因工作日历公布，由 {before} 顺延到 {until}（{department}）。"),
    "verified_again": ("将再次核查", "您按告知承诺办理的“{item}”（办件 {number}）中的“{part}”，{department}将在 {until} 前再次核查，请留存整改证明。"),
    "verification_closed": ("核查提前结束", "您按告知承诺办理的“{item}”（办件 {number}）中的“{part}”，{department}的核查提前结束。理由：{reasons}"),
    "credit_repaired": ("信用已修复", "您与“{item}”（办件 {number}）有关的信用记录已经修复，详见信用修复决定书 {document}。"),
    "renewal_reminder": ("证照有效期将满", "您持有的“{permit}”（{permit_number}）有效期至 {expires}。需要延续的，请在 {last} 前到窗口提出申请{since}；{last} 以后提出的，届满前没有作出决定不能视为准予延续。"),
    "renewal_last_reminder": ("延续申请期限将满", "您持有的“{permit}”（{permit_number}）有效期至 {expires}，延续申请的最后一日是 {last}，请尽快到窗口办理{since}。"),
    "deemed_renewed": ("视为准予延续", "您的“{permit}”（{permit_number}）延续申请（办件 {number}）按期提出，有效期 {expires} 届满前没有作出决定，依法视为准予延续，有效期至 {until}。新证照可以领取，详见通知书。"),
    "renewal_lapsed": ("许可有效期已届满", "您的“{permit}”（{permit_number}）有效期已于 {expires} 届满，延续申请（办件 {number}）不能视为准予延续，原许可失效。理由和办法见告知书 {document}，可以重新申请许可。"),
    "commitment_offered": ("请签署承诺书", "您申请的“{item}”（办件 {number}）可以按告知承诺办理，请在 {until} 前到窗口或在线阅读告知书、逐项承诺并签署。逾期没有签署的，转按一般程序办理。"),
    "commitment_ended": ("转按一般程序办理", "您申请的“{item}”（办件 {number}）中的“{part}”转按一般程序办理：{reasons}。以承诺代替的材料须另行提交，具体另行告知。"),
    "following_warning": ("承诺后补材料期限将满", "您按告知承诺办理的“{item}”（办件 {number}）承诺后补交的“{material}”还没有收到，{until} 届满，请尽快到窗口补交。"),
    "following_over": ("承诺后补材料已逾期", "您按告知承诺办理的“{item}”（办件 {number}）承诺后补交的“{material}”应于 {until} 前补交，至今没有收到。没有补交的，对应的承诺事项不认定为符合，请立即到窗口补交。"),
    "withdrawn": ("申请已撤回", "您申请的“{item}”（办件 {number}）已按您的请求终止办理。"),
}  # fmt: skip
"""Stage → subject and body, in Chinese like every official message."""

STAFF_TEXTS: dict[str, tuple[str, str]] = {
    "soon": (N_("即将亮黄灯"), "“{item}”（办件 {number}）的“{task}”将于 {yellow} 亮黄灯，{due} 到期。"),
    "yellow": (N_("黄灯"), "“{item}”（办件 {number}）的“{task}”已亮黄灯，{due} 到期，请尽快办理。"),
    "red": (N_("红灯"), "“{item}”（办件 {number}）的“{task}”已于 {due} 超过期限，请立即办理并说明原因。"),
    "five_days": (N_("一次告知期限将满"), "“{item}”（办件 {number}）须在 {until} 前一次告知补正或者受理；逾期未告知的，自收到材料之日起视为受理。"),
    "accepted_by_silence": (N_("已视为受理"), "“{item}”（办件 {number}）到 {until} 没有告知补正，自 {since} 起视为受理。尚缺的材料请在审查中一次提出。"),
    "second_correction": (N_("请求同意再次提出补正"), "“{item}”（办件 {number}）：窗口请求再次提出前一次告知时已能发现的补正内容，请在办件页面写明理由同意，或不予同意。"),
    "let_through": (N_("已同意再次提出补正"), "“{item}”（办件 {number}）：已同意提出“{problem}”。理由：{why}。不推迟受理，五个工作日照常计算。"),
    "consented_by_silence": (N_("视为同意"), "“{item}”（办件 {number}）中的“{part}”到 {until} 没有提交意见，视为{department}同意，办件继续。"),
    "procedure_over": (N_("特别程序到期"), "“{item}”（办件 {number}）的{procedure}告知的结束日 {until} 已过，请登记结束，或重新告知所需时间。"),
    "hearing_late": (N_("听证超期举行"), "“{item}”（办件 {number}）的听证应于 {until} 前举行，现安排在 {when} 举行（此前改期 {times} 次）。理由：{reasons}"),
    "order": (N_("收到督办单"), "“{item}”（办件 {number}）：{department}收到督办单{order}，请于 {answer_by} 前书面答复。事由：{reasons}"),
    "order_returned": (N_("督办答复被退回"), "“{item}”（办件 {number}）：督办单{order}的答复被退回，请于 {answer_by} 前重新答复。{note}"),
    "order_answered": (N_("督办已答复"), "“{item}”（办件 {number}）：{department}已答复督办单{order}，请审核。"),
    "order_closed": (N_("督办单办结"), "“{item}”（办件 {number}）：督办单{order}已办结。{note}"),
    "urged": (N_("催办"), "“{item}”（办件 {number}）的“{task}”：{who}催办。{words}"),
    "verification": (N_("告知承诺抄告"), "“{item}”（办件 {number}）中的“{part}”已按告知承诺发证，请在 {until} 前逐项核查由本部门负责的承诺事项。抄告单 {document}。"),
    "rectified": (N_("申请人报告整改完毕"), "“{item}”（办件 {number}）中的“{part}”：申请人报告已经整改，请在 {until} 前再次核查。{words}"),
    "rectification_over": (N_("整改期满"), "“{item}”（办件 {number}）中的“{part}”：整改期限 {day} 已满，申请人没有报告，请在 {until} 前再次核查。"),
    "deemed_renewed": (N_("已视为准予延续"), "办件 {number}：“{permit}”（{permit_number}）的延续申请在有效期 {expires} 届满前没有作出决定，依法视为准予延续至 {until}，办件终止。"),
    "renewal_lapsed": (N_("许可已过期，不能延续"), "办件 {number}：“{permit}”（{permit_number}）有效期已于 {expires} 届满，不能再准予延续，已告知申请人（{document}）。请办理撤回，或听取陈述申辩后作出不予延续的决定。"),
    "renewal_alarm": (N_("延续申请须在届满前决定"), "办件 {number}：“{permit}”（{permit_number}）的延续申请尚未决定，有效期 {expires} 届满。{consequence}"),
    "permit_expired": (N_("证照已过有效期"), "“{permit}”（{permit_number}，{holder}）有效期已于 {expires} 届满，没有延续。请依法办理注销（行政许可法第七十条第一项）。"),
    "following_late": (N_("承诺后补材料逾期"), "“{item}”（办件 {number}）：承诺后补交的“{material}”应于 {until} 前补交，至今没有收到，请在核查中处理。"),
    "order_unanswered": (N_("督办逾期未答复"), "“{item}”（办件 {number}）的督办（{department}）已于 {answer_by} 到期，尚未答复。"),
}  # fmt: skip
"""Stage → subject, which the page translates, and body of what the staff are reminded of."""


def to_applicant(session: Session, case: Case, stage: str, now: datetime, **params: object) -> None:
    """Tell the applicant of a stage: an SMS line for the record and, with an address, a mail."""
    if case.applicant is None:
        return
    subject, body = TEXTS[stage]
    text = body.format(item=item_for(case).name["zh"], number=case.number, **params)
    contact = case.agent or case.applicant
    session.add(_message(case, "sms", stage, contact.phone_mask, subject, text, now, state="recorded"))
    if contact.email:
        session.add(
            _message(case, "mail", stage, masked_mail(contact.email), subject, text, now, state="waiting")
        )


def to_department(
    session: Session, case: Case, part: CasePart, document: Document | None, now: datetime
) -> None:
    """Notify a department concerned (抄告) of a joint case."""
    number = document.number if document else ""
    body = f"请审查“{case.item.name['zh']}”（办件 {case.number}）中的“{part.name['zh']}”。抄告单 {number}。{part.why}"
    message = _message(
        case, "inbox", "joint_notice", part.department.zh, "并联审批抄告", body, now, state="recorded"
    )
    message.department_id = part.department_id
    session.add(message)


def to_staff(
    session: Session,
    case: Case,
    people: Iterable[Staff],
    stage: str,
    now: datetime,
    task: Task | None = None,
    **params: object,
) -> None:
    """Put a line into the inbox of each of these people, once each, whatever posts they hold."""
    subject, body = STAFF_TEXTS[stage]
    step = task.name if task else ""
    text = body.format(item=item_for(case).name["zh"], number=case.number, task=step, **params)
    for person in {person.id: person for person in people}.values():
        message = _message(case, "inbox", stage, person.name, subject, text, now, state="recorded")
        message.staff_id = person.id
        message.task_id = task.id if task else None
        session.add(message)


def to_inbox(
    session: Session, case: Case, department: Department, stage: str, now: datetime, /, **params: object
) -> None:
    """Put a line into the inbox of a whole department, for the record."""
    subject, body = STAFF_TEXTS[stage]
    text = body.format(item=item_for(case).name["zh"], number=case.number, task="", **params)
    message = _message(case, "inbox", stage, department.zh, subject, text, now, state="recorded")
    message.department_id = department.id
    session.add(message)


def _message(
    case: Case, channel: str, stage: str, to: str, subject: str, body: str, now: datetime, *, state: str
) -> Message:
    return Message(
        case_id=case.id, channel=channel, stage=stage, to_mask=to, subject=subject, body=body, state=state,
        created_at=now, next_try_at=now if state == "waiting" else None,
        done_at=now if state == "recorded" else None,
    )  # fmt: skip


def masked_mail(address: str) -> str:
    """``z***@example.com``."""
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}"


def due_messages(session: Session, now: datetime, limit: int = 20) -> list[Message]:
    """Waiting messages whose time has come, locked so that two workers never send one twice."""
    return list(
        session.scalars(
            select(Message)
            .where(Message.state == "waiting", Message.next_try_at <= now)
            .order_by(Message.next_try_at)
            .limit(limit)
            .with_for_update(skip_locked=True, of=Message)
        )
    )


def mark_sent(message: Message, now: datetime) -> None:
    """The mail server took it."""
    message.state, message.done_at, message.error = "sent", now, ""
    message.tries += 1


def mark_failed_try(message: Message, error: str, now: datetime) -> None:
    """One try failed: wait longer each time, then give up and let the clerk know."""
    message.tries += 1
    message.error = error[:200]
    if message.tries > len(RETRY_MINUTES):
        message.state, message.next_try_at = "failed", None
    else:
        message.next_try_at = now + timedelta(minutes=RETRY_MINUTES[message.tries - 1])


def mark_undeliverable(message: Message, why: str) -> None:
    """It cannot be sent at all, and trying again would not help: the clerk is to know at once."""
    message.state, message.next_try_at, message.error = "failed", None, why[:200]


def of_case(session: Session, case_id: int) -> list[Message]:
    """All messages of a case, newest first."""
    return list(
        session.scalars(select(Message).where(Message.case_id == case_id).order_by(Message.id.desc()))
    )
