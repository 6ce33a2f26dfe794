"""The ids of the figures of a pre-read: what a reply in responses.csv, or the evidence of an action, may name."""

from __future__ import annotations

from acmlib.contract.model import Contract

PATHWAY = "pathway"
SERVED = "served"


def figure_ids(contract: Contract) -> tuple[str, ...]:
    """Return the ids of everything that pages of a contract draw, in the order of its file.

    A metric over time is named by its id, a metric by group as ``placed_6m.site``, who is served as ``served.race_ethnicity``.
    """
    found: list[str] = []
    for name, metric in contract.metrics.items():
        split = contract.dimensions if metric.dimensions is None else metric.dimensions
        found += [name, *(f"{name}.{dimension}" for dimension in split)]
    found += [f"{SERVED}.{dimension}" for one in contract.representation for dimension in one.dimensions]
    if contract.pathway is not None:
        found.append(PATHWAY)
    return tuple(dict.fromkeys(found))
