"""The selection of a command: which workspace and which contracts."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand

from acmlib.cli import console

#: Exit statuses: all was made; something was not; it was not clear what was asked (as all command lines have it); all was made,
#: but figures were left out because the check of the data found errors in them; interrupted by Ctrl-C.
DONE, FAILED, MISUSED, LEFT_OUT, INTERRUPTED = 0, 1, 2, 3, 130


class Command(TyperCommand):
    """A command that refuses an option given twice, of which it would silently take the last."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options and arguments of the command."""
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for option, times in Counter(given).items():
            if times > 1 and not ctx.resilient_parsing and option.param_type_name == "option" and not (option.multiple or option.is_eager):
                ctx.fail(f"{option.opts[0]} is given {times} times; give it once, and run the command again for another value")
        return super().parse_args(ctx, args)


@contextmanager
def stops_at(*errors: type[Exception], status: int = MISUSED) -> Iterator[None]:
    """End the command with the message of an error of these kinds."""
    try:
        yield
    except errors as error:
        console.error(str(error))
        raise typer.Exit(status) from error


def workspace(named: str | None = None) -> Path:
    """Return the workspace: the one named, else what ACM_ROOT names, else the one that the current folder lies in."""
    if "://" in os.environ.get("ACM_ROOT", "") and not named:
        console.error("ACM_ROOT is an address in object storage, which only `acm run` reads; name a folder for the other commands")
        raise typer.Exit(MISUSED)
    from acmlib.contract.errors import ContractError
    from acmlib.contract.workspace import find_root

    try:
        return Path(named).resolve() if named else find_root().resolve()
    except ContractError as error:
        console.error(str(error))
        raise typer.Exit(MISUSED) from error


def chosen_contracts(ids: list[str] | None, every: bool, root: Path) -> tuple[str, ...]:
    """Return the contracts asked for, or end with a message that lists the existing ones."""
    from acmlib.contract.errors import choose
    from acmlib.contract.workspace import PARAMS, ROOT_VARIABLE, contract_ids

    if not (root / PARAMS).is_dir():
        console.error(f"{root}: there is no folder '{PARAMS}'; name the folder of your workbooks (--root or {ROOT_VARIABLE})")
        raise typer.Exit(MISUSED)
    known = tuple(contract_ids(root))
    if every and not ids:
        return known
    if not ids or every:
        console.error("name contracts, or use --all" if not every else "name contracts or use --all, not both")
        raise typer.Exit(MISUSED)
    unknown = [contract for contract in ids if contract not in known]
    for contract in unknown:
        console.error(f"params/{contract}: there is no such contract; {choose(contract, known) if known else 'acm start ID lays one out'}")
    if unknown:
        raise typer.Exit(MISUSED)
    return tuple(dict.fromkeys(ids))
