"""`acm case-pull`: cases for the working group of a deep dive, in a list that stays out of outputs/."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from acmlib.cli import console
from acmlib.cli.meetings import Id, loaded_with_records
from acmlib.cli.selection import MISUSED, chosen_contracts, stops_at, workspace

EXAMPLES = (
    "Examples:   [b]acm case-pull harbor-youth-jobs --topic placement[/b]   twelve cases, nine that did not get there\n\n"
    '[b]acm case-pull harbor-youth-jobs --topic placement --group "Black or African American" --n 20[/b]'
)


def case_pull(
    contract: Id,
    topic: Annotated[str, typer.Option(help="Id of a topic of the roadmap.")],
    n: Annotated[int, typer.Option("--n", min=1, max=200, help="Cases to draw; a quarter to compare with.")] = 12,
    group: Annotated[str | None, typer.Option(help="Only of this group of the topic's dimension.")] = None,
    period: Annotated[str | None, typer.Option(help="2026-06, 2026Q2. The contract's own.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another draw. By default contract, period, topic and group decide it.")] = None,
    to: Annotated[Path | None, typer.Option(help="The file. By default in working/ID/, which git leaves out.", show_default=False)] = None,
) -> None:
    """Draw cases for the working group of a deep dive into working/ID/, each with the reason why it was drawn.

    The list names people: it is refused in outputs/ and handouts/, no page shows it, and the same question draws the same cases again.
    """
    from acmlib.contract.errors import ContractError, choose
    from acmlib.contract.periods import report_period
    from acmlib.intake.build.sources import open_tables
    from acmlib.intake.case_pull import pull_cases
    from acmlib.publish.working import case_list, case_path, refuse_published

    root = workspace()
    (chosen,) = chosen_contracts([contract], False, root)
    loaded, records = loaded_with_records(chosen, root)
    about = {one.id: one for one in records.roadmap}
    if topic not in about:
        console.error(f"--topic {topic}: there is no such topic in roadmap.yml; {choose(topic, sorted(about))}")
        raise typer.Exit(MISUSED)
    with stops_at(ContractError, ValueError):
        asked = report_period(loaded, period)
        path = root / (to if to is not None else case_path(chosen, asked.text, topic, group))
        refuse_published(path, root)
        if path.exists() and seed is None and to is None:
            raise ContractError(
                [f"{console.relative_path(path)}: is there already, with what was noted in it; rename or delete it to draw again"]
            )
        with open_tables(loaded, root=root, period=asked.text) as tables:
            pulled = pull_cases(tables, about[topic], number=n, group=group, seed=seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(case_list(pulled.cases), encoding="utf-8")
    counts = pulled.cases["reason"].value_counts()
    told = ", ".join(f"{counts.get(reason, 0)} of {available} {reason}" for reason, available in pulled.available.items())
    console.note(
        f"written: {console.relative_path(path)} ({told})\n"
        "It names people: pass it on as you pass on case files, and delete it after the meeting"
    )
