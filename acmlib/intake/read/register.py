"""A register of contracts as a city publishes it: CSV, Excel, or releases and records of the Open Contracting Data Standard."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from acmlib.contract.errors import ContractError, choose
from acmlib.contract.pilots import ANSWERS, CRITERIA, MOST
from acmlib.intake.read.ocds import contract_rows, is_ocds

#: Our names of what a register says, and what others call it (lower case, without spaces and signs).
NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "contractid", "contractnumber", "purchaseordercontractnumber", "contractno", "documentid", "awardid", "ocid"),
    "title": ("title", "contracttitle", "shorttitle", "description", "purchaseorderdescription", "contractdescription", "purpose"),
    "provider": ("provider", "vendor", "vendorname", "supplier", "suppliername", "contractor", "contractorname", "legalname"),
    "agency": ("agency", "agencyname", "department", "departmentname", "buyer", "contractingagency", "organization"),
    "category": ("category", "commodity", "commodityname", "industry", "procurementcategory", "servicetype", "contracttype"),
    "starts": ("starts", "startdate", "contractstartdate", "begindate", "effectivedate", "effectivefrom", "effectivebegindate"),
    "ends": ("ends", "enddate", "contractenddate", "expirationdate", "effectiveto", "effectiveenddate", "contractexpiration"),
    "value": ("value", "amount", "awardamount", "contractamount", "contractvalue", "currentamount", "maximumcontractamount"),
    "clients": ("clients", "participants", "peopleserved", "clientsperyear", "clientsayear", "numberserved", "households"),
}
NEEDED = ("id", "title", "starts", "ends")


def read_register(path: Path) -> pd.DataFrame:
    """Read a register of contracts.

    Parameters
    ----------
    path : Path
        ``.csv``, ``.xlsx``, or ``.json`` with OCDS releases or records.

    Returns
    -------
    DataFrame
        One row a contract: ``id``, ``title``, ``starts``, ``ends`` (dates), and where given ``provider``, ``agency``, ``category``,
        ``value``, ``clients``, and answers about the criteria of `acmlib.contract.pilots.CRITERIA`.

    Raises
    ------
    ContractError
        If the file cannot be read, a column that is needed is missing, or dates cannot be understood: with the row.
    """
    if not path.is_file():
        raise ContractError([f"{path.name}: there is no such file; give a register as CSV, Excel or OCDS JSON"])
    try:
        raw = pd.DataFrame(_ocds(path)) if path.suffix == ".json" else _table(path)
    except (ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise ContractError([f"{path.name}: cannot be read ({error}); use CSV (UTF-8), Excel or OCDS JSON"]) from error
    named = raw.rename(columns=_ours(list(raw.columns)))
    missing = [name for name in NEEDED if name not in named]
    if missing or raw.empty:
        wanted = ", ".join(f"{name} (for example {NAMES[name][1]})" for name in missing) or "at least one contract"
        raise ContractError([f"{path.name}: columns are {', '.join(map(str, raw.columns)) or 'none'}; it needs {wanted}"])
    kept = [name for name in (*NAMES, *CRITERIA) if name in named]
    register = named[list(dict.fromkeys(kept))].copy()
    for name in ("value", "clients"):
        if name in register:
            register[name] = pd.to_numeric(register[name].astype("str").str.replace(r"[$,\s]", "", regex=True), errors="coerce")
    return register.assign(**{name: _dates(register[name], path.name, name) for name in ("starts", "ends")}).reset_index(drop=True)


def with_answers(register: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return a register with what people know about its contracts, where that says more than the register.

    Parameters
    ----------
    register : DataFrame
        From `read_register`.
    path : Path
        CSV or Excel: ``id``, and columns named like criteria: ``low, medium, high``, ``no, some, yes`` or 0 to 3; ``clients`` (a year) and
        ``value`` are numbers. What is blank is left as it is.

    Raises
    ------
    ContractError
        If there is no such file or column, a contract is not in the register, or an answer is none of these: with the row.
    """
    if not path.is_file():
        raise ContractError([f"{path.name}: there is no such file; give a table with id and a column for each criterion"])
    given = _table(path)
    named = [name for name in CRITERIA if name in given and name != "months_left"]
    if "id" not in given or not named:
        raise ContractError(
            [f"{path.name}: columns are {', '.join(map(str, given.columns))}; it needs id and one of {', '.join(CRITERIA)}"]
        )
    known = set(register["id"])
    wrong = [
        f"{path.name}: row {number}: id is '{one}'; {choose(str(one), sorted(known)[:20])}"
        for number, one in enumerate(given["id"], start=2)
        if one not in known
    ]
    for name in named:
        allowed = "use a number" if name in _COUNTED else f"use {', '.join(ANSWERS)}, or 0 to {MOST}"
        cells = enumerate(given[name].fillna("").astype(str), start=2)
        wrong += [f"{path.name}: row {number}: {name} is '{one}'; {allowed}" for number, one in cells if not _is_answer(one, name)]
    if wrong:
        raise ContractError(wrong)
    answers = given.drop_duplicates("id", keep="last").set_index("id")[named]
    found = register.copy()
    for name in named:
        answer = found["id"].map(answers[name])
        answer = pd.to_numeric(answer) if name in _COUNTED else answer
        found[name] = answer.where(answer.notna(), found.get(name))
    return found


#: Criteria whose answer is an amount.
_COUNTED = ("value", "clients")


def _is_answer(given: str, name: str) -> bool:
    text = given.strip().casefold()
    if not text or (text in ANSWERS and name not in _COUNTED):
        return True
    return bool(re.fullmatch(r"\d+(\.\d+)?", text)) and (name in _COUNTED or float(text) <= MOST)


def _table(path: Path) -> pd.DataFrame:
    """Return a table; of a workbook the sheet that has the most of what a register needs: covers and notes often come first."""
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        read = pd.read_excel(path, dtype="str", sheet_name=None, engine="openpyxl")
        sheets = [sheet for sheet in read.values() if len(sheet.columns)] or [pd.DataFrame()]
        if any(str(column).startswith("contracts/0/") for sheet in sheets for column in sheet.columns):
            raise ValueError("it is a workbook flattened from OCDS; give the .json file that it was made from")
        return max(sheets, key=lambda sheet: (len({"id", *NEEDED} & set(_ours(list(sheet.columns)).values())), len(sheet)))
    return pd.read_csv(path, dtype="str", sep=None, engine="python", encoding="utf-8-sig")


def _plain(name: object) -> str:
    return re.sub(r"[^a-z0-9]", "", str(name).casefold())


def _ours(columns: list[Any]) -> dict[Any, str]:
    """Give our name to each column that has one of the known names; the first match of each counts."""
    plain = {_plain(column): column for column in reversed(columns)}
    found = {plain[other]: ours for ours, others in NAMES.items() if (other := next((one for one in others if one in plain), None))}
    free = {name: plain.get(_plain(name)) for name in CRITERIA if name not in found.values()}
    return found | {column: name for name, column in free.items() if column is not None and column not in found}


def _dates(column: pd.Series, file: str, name: str) -> pd.Series:
    """Return dates; of a register either all are ISO, or all are month first."""
    text = column.astype("str").str.strip().str.slice(0, 10)
    for form in ("%Y-%m-%d", "%m/%d/%Y"):
        read = pd.to_datetime(text, format=form, errors="coerce")
        if read.notna().sum() >= max(1, len(text) / 2):
            break
    wrong = read.isna() & column.notna() & text.ne("")
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        given = column.iloc[row]
        raise ContractError([f"{file}: row {row + 2}: {name} is '{given}'; use 2026-06-30 or 06/30/2026 in the whole column"])
    return read


def _ocds(path: Path) -> list[dict[str, Any]]:
    """Return the contracts of a file of releases or records, each as its newest releases have it."""
    content = json.loads(path.read_text(encoding="utf-8-sig"))
    if not is_ocds(content):
        raise ValueError(choose("no releases", ["releases", "records"]))
    return contract_rows(content)
