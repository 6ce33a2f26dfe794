"""Releases and records of the Open Contracting Data Standard (1.1): compiled per process, a row a contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

#: What a compiled release leaves out, as the standard says.
_OMITTED = ("id", "date", "tag")


def is_ocds(content: Any) -> bool:
    """Whether JSON is a package of releases or records, or a list of releases."""
    if isinstance(content, Mapping):
        content = content.get("records") or content.get("releases")
    return isinstance(content, list) and bool(content) and all(isinstance(one, Mapping) and "ocid" in one for one in content)


def contract_rows(content: Any) -> list[dict[str, Any]]:
    """Return a row for each contract of a package, as its newest releases have it.

    Releases of one ``ocid`` are put in order by their date, zone included (as text, 23:00-05:00 would come before 01:00Z of the next day),
    and merged as the standard says: a field takes the newest value, null removes it, and what has an ``id`` is merged with what has the
    same one (1 and "1" are the same). A record's compiled release stands for its releases.

    Parameters
    ----------
    content : mapping or list
        As `is_ocds` knows it.
    """
    rows = []
    for ocid, compiled in _compiled(content):
        awards = {str(award.get("id")): award for award in compiled.get("awards") or ()}
        contracts = [one for one in compiled.get("contracts") or () if isinstance(one, Mapping)]
        rows += [_row(ocid, compiled, one, awards.get(str(one.get("awardID")), {})) for one in contracts]
    return rows


def _compiled(content: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    given = content if isinstance(content, list) else [*(content.get("releases") or ()), *(content.get("records") or ())]
    releases: dict[str, list[Mapping[str, Any]]] = {}
    for one in given:
        own = releases.setdefault(str(one.get("ocid", "")), [])
        own += [one["compiledRelease"]] if "compiledRelease" in one else [r for r in one.get("releases", [one]) if isinstance(r, Mapping)]
    for ocid, own in releases.items():
        made: dict[str, Any] = {}
        for release in sorted(own, key=_moment):
            made = _merged(made, {key: value for key, value in release.items() if key not in _OMITTED})
        yield ocid, made


def _moment(release: Mapping[str, Any]) -> pd.Timestamp:
    moment = pd.to_datetime(str(release.get("date", "")), errors="coerce", utc=True)
    return pd.Timestamp(0, tz="UTC") if pd.isna(moment) else moment


def _merged(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with the fields of a newer one put into it."""
    made = dict(before)
    for key, value in after.items():
        old = made.get(key)
        if value is None:
            made.pop(key, None)
        elif isinstance(old, Mapping) and isinstance(value, Mapping):
            made[key] = _merged(old, value)
        elif _has_ids(old) and _has_ids(value):
            listed = {str(one["id"]): one for one in old or ()}
            listed |= {str(one["id"]): _merged(listed.get(str(one["id"]), {}), one) for one in value}
            made[key] = list(listed.values())
        else:
            made[key] = value
    return made


def _has_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) and "id" in one for one in value)


def _row(ocid: str, release: Mapping[str, Any], contract: Mapping[str, Any], award: Mapping[str, Any]) -> dict[str, Any]:
    tender = release.get("tender") or {}
    period = _first(contract.get("period"), award.get("contractPeriod"), {})
    value = _first(contract.get("value"), award.get("value"), {})
    work = contract.get("implementation") or {}
    due = [one for one in (*_listed(contract, "milestones"), *_listed(work, "milestones")) if one.get("dueDate")]
    return {
        "id": f"{ocid}/{contract.get('id')}",
        "ocid": ocid,
        "title": _first(contract.get("title"), award.get("title"), tender.get("title"), ""),
        "status": contract.get("status", ""),
        "provider": ", ".join(str(one.get("name", "")) for one in _listed(award, "suppliers")),
        "agency": _first(release.get("buyer"), tender.get("procuringEntity"), {}).get("name", ""),
        "category": tender.get("mainProcurementCategory", ""),
        "method": tender.get("procurementMethod", ""),
        "bidders": tender.get("numberOfTenderers"),
        "tender_closed_on": _day((tender.get("tenderPeriod") or {}).get("endDate")),
        "awarded_on": _day(award.get("date")),
        "signed_on": _day(contract.get("dateSigned")),
        "starts": _day(period.get("startDate")),
        "ends": _day(period.get("endDate")),
        "value": value.get("amount"),
        "currency": value.get("currency", ""),
        "milestones_due": len(due),
        "milestones_in_time": sum(bool(one.get("dateMet")) and _day(one["dateMet"]) <= _day(one["dueDate"]) for one in due),
        "paid": sum((one.get("value") or {}).get("amount") or 0 for one in _listed(work, "transactions")),
    }


def _first(*given: Any) -> Any:
    """Return the first value that says something, or the last one."""
    return next(filter(None, given), given[-1])


def _listed(given: Mapping[str, Any], key: str) -> Iterable[Mapping[str, Any]]:
    return (one for one in given.get(key) or () if isinstance(one, Mapping))


def _day(moment: Any) -> str:
    """Return the day of a moment as it is written there, in its own zone."""
    return str(moment or "")[:10]
