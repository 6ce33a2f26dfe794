"""What contracts of a service usually measure, as comments in a new contract file."""

from __future__ import annotations

from pathlib import Path

from acmlib.contract.starters import load_starter


def starter_comments(service: str, root: Path) -> str:
    """Return the measures of a starter set as lines of comments, each with its definition, the data it needs and how it is cut.

    Parameters
    ----------
    service : str
        Name of the set (`acmlib.contract.starters.starter_names`).
    root : Path
        The workspace.

    Raises
    ------
    ContractError
        If there is no such set, or its file is wrong.
    """
    starter = load_starter(service, root)
    lines = ["", f"# What contracts of this service usually measure ({starter.title}; acm starters {service}): write those that apply."]
    for one in starter.measures:
        lines += [f"#   {one.id}: {one.kind}, better: {one.better}", f"#     {one.title}: {one.definition}"]
        lines.append(f"#     needs {', '.join(one.data)}; cut by {', '.join(one.cuts)}")
    return "\n".join(" ".join(line.splitlines()) for line in lines) + "\n"
