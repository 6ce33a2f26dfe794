"""What pages are chosen by, known before any contract is read: `acm run` with nothing to do must not wait for the models of contracts."""

from __future__ import annotations

from typing import Literal

#: Where reports go: the working paper, the contract's own provider, everybody.
Edition = Literal["internal", "provider", "public"]
EDITIONS: tuple[Edition, ...] = ("internal", "provider", "public")

#: What a line of the roadmap is about (`acmlib.contract.records.Topic`).
TopicKind = Literal["access", "outcomes", "retention", "timeliness", "voice"]

#: What may stand beside a contract: the fields of `acmlib.contract.records.Records`.
RECORD_NAMES = (
    *("roadmap", "actions", "plan", "notes", "review", "deliverables", "peers", "calendar", "meetings", "responses", "spot_checks"),
    *("voices", "coded", "held"),
)
