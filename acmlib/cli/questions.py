"""At most ten questions of `acm new`: what only people know, with what was guessed as the answer that Enter gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from acmlib.cli import console

if TYPE_CHECKING:
    from acmlib.intake.scaffold.draft import DraftAnswers, Drafted


def ask(drafted: Drafted) -> DraftAnswers:
    """Ask about a new contract; an empty answer leaves the guess, or a placeholder that is an error until it is replaced."""
    from acmlib.contract.kinds import KINDS
    from acmlib.intake.scaffold.draft import DraftAnswers, outcomes

    guessed = drafted.guesses
    console.note("Ten questions at most; Enter takes what stands in brackets, or leaves it open.")
    given = {
        "title": _asked("Title of the contract", guessed.title),
        "provider": _asked("Who provides the service"),
        "agency": _asked("Which agency buys it"),
        "program": _asked("Which program it belongs to"),
        "starts": _asked("First day of the contract", guessed.starts, _day),
        "ends": _asked("Last day of the contract", guessed.ends, _day),
        "people": _asked("What those served are called, in the plural", guessed.people or "participants"),
        "period": _asked("Month of the first report", guessed.period or "term"),
    }
    offered = [one for _, one in outcomes(drafted)]
    if offered:
        for number, one in enumerate(offered, 1):
            console.note(f"  {number} {one.shown}")
        number = int(_asked("Which of these is the purpose of the contract", "1", lambda text: _one_of(text, len(offered))))
        chosen = offered[number - 1]
        given["main"] = chosen.id
        unit = "as 40%" if KINDS[chosen.kind].is_share else "a number"
        given["target"] = _asked(f"What the contract promises of it, {unit}", "", _target)
    return DraftAnswers(**given)


def _asked(question: str, guess: str = "", check: Callable[[str], str] = str) -> str:
    while True:
        text = str(typer.prompt(question, default=guess, show_default=bool(guess))).strip()
        try:
            return check(text) if text else ""
        except ValueError as error:
            console.error(str(error))


def _day(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"'{text}' is no day; write it as 2026-07-01") from None


def _one_of(text: str, most: int) -> str:
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise ValueError(f"'{text}' is none of these; give a number from 1 to {most}")
    return text


def _target(text: str) -> str:
    """Return a target as the contract file has it: 40% is 0.4."""
    bare = text.removesuffix("%").strip()
    try:
        number = float(bare)
    except ValueError:
        raise ValueError(f"'{text}' is no number; write 40% or 12, or leave it empty") from None
    return f"{number / 100:.6g}" if text.endswith("%") else bare
