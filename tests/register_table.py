"""What the law says of the register, told a second time: the product's table is not asked to judge itself."""

V, H, E, W, R, C, P = "valid", "suspended", "expired", "withdrawn", "revoked", "cancelled", "penal_revoked"
LAWFUL = {
    ("suspend", "penalty"): {V},
    ("lift", "put_right"): {H},
    ("lift", "changed"): {H},
    ("change", "asked"): {V},
    ("renew", "granted"): {V, H, E},
    ("renew", "asked_in_time"): {E},
    ("replace", "lost"): {V},
    ("replace", "damaged"): {V},
    ("withdraw", "law_changed"): {V, H},
    ("withdraw", "circumstances"): {V, H},
    ("revoke", "abuse"): {V, H},
    ("revoke", "beyond_power"): {V, H},
    ("revoke", "procedure"): {V, H},
    ("revoke", "unqualified"): {V, H},
    ("revoke", "other_may"): {V, H},
    ("revoke", "deceit"): {V, H},
    ("revoke", "commitment_unmet"): {V, H},
    ("cancel", "expired"): {E},
    ("cancel", "person"): {V, H, E},
    ("cancel", "organisation"): {V, H, E},
    ("cancel", "ended_before"): {W, R, P},
    ("cancel", "force_majeure"): {V, H},
    ("cancel", "own_request"): {V},
    ("cancel", "other"): {V, H, E},
    ("penal_revoke", "misused"): {V, H},
    ("penal_revoke", "beyond_scope"): {V, H},
    ("penal_revoke", "concealed"): {V, H},
    ("penal_revoke", "other_offence"): {V, H},
    ("void", "wrong_paper"): {V},
}
BY_LAW = {
    ("suspend", "part_suspended"): {V},
    ("suspend", "carried_over"): {V},
    ("lift", "term_over"): {H},
    ("lift", "part_lifted"): {H},
    ("change", "part_changed"): {V, H},
    ("renew", "deemed"): {E},
    ("renew", "part_renewed"): {V, H, E},
    ("cancel", "part_ended"): {V, H, E},
}
AT_ONCE = {
    ("lift", "put_right"), ("lift", "changed"), ("cancel", "expired"), ("cancel", "ended_before"),
    ("cancel", "own_request"), ("void", "wrong_paper"),
}  # fmt: skip
TO = {
    "suspend": H, "lift": V, "change": "changed", "renew": "renewed", "replace": "replaced", "withdraw": W,
    "revoke": R, "cancel": C, "penal_revoke": P, "void": "voided",
}  # fmt: skip
WITH_HEARING = {"withdraw", "revoke", "penal_revoke"}
