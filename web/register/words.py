"""How a permit's status is drawn: a symbol and a tone for each, so that it never rests on colour alone."""

from approvals.messages import N_

ICONS = {
    "valid": "check", "suspended": "pause", "expired": "clock", "changed": "forward", "renewed": "forward",
    "replaced": "forward", "withdrawn": "back", "revoked": "stop", "cancelled": "close", "penal_revoked": "warn",
    "voided": "close",
}  # fmt: skip
TONES = {"valid": "green", "suspended": "amber", "expired": "grey", "changed": "grey", "renewed": "grey",
         "replaced": "grey", "withdrawn": "red", "revoked": "red", "cancelled": "red", "penal_revoked": "red",
         "voided": "red"}  # fmt: skip

SAYS = {
    "valid": N_("现在有效，可以凭证从事许可范围内的活动。"),
    "suspended": N_("效力暂停，暂停期间不得凭本证从事许可活动。"),
    "expired": N_("有效期已经届满，没有延续。"),
    "changed": N_("已由变更后的新版本代替。"),
    "renewed": N_("已由延续后的新版本代替。"),
    "replaced": N_("已由补发的新证代替。"),
    "withdrawn": N_("许可已为公共利益依法撤回。"),
    "revoked": N_("许可已依法撤销。"),
    "cancelled": N_("许可已依法注销。"),
    "penal_revoked": N_("许可证件已依法吊销。"),
    "voided": N_("印制有误，已经作废，不作凭证。"),
}
"""What a status means, in one sentence."""


def icon(status: str) -> str:
    """The symbol of a status, by its name in ``icons.svg``."""
    return ICONS[status]


def tone(status: str) -> str:
    """The tone of a status: green, amber, red or grey."""
    return TONES[status]
