"""Names that mean everybody together: a total is no group among groups."""

from __future__ import annotations

import re

_TOTAL = re.compile(
    r"((grand|sub|over|column|row) ?-?)?totals?( (general|participants|clients|people|population|served|enrolled|number))?|overall|all"
    r"|all (participants|clients|people|groups|races|sites|persons|students|children|ages|genders|individuals|schools|clinics|offices"
    r"|locations|programs|providers|grades|languages|categories|families|households|residents|cases)|everyone|everybody|sum"
    r"|(agency|program|district|city|county|state|system|region)(-?wide| ?wide)?[- ]totals?|(district|city|county|state|system)-?wide"
    r"|(sub|grand)[- ]?total.*|total[:,].*|combined|todos|todas|suma|total population|all races( and ethnicities)?|both sexes",
    re.IGNORECASE,
)


def is_total(group: str) -> bool:
    """Whether the name of a group means everybody together.

    Examples
    --------
    >>> [
    ...     is_total(name)
    ...     for name in ("Total", "Grand Total", "All schools", "District total", "Subtotal North", "Total Health", "All Saints")
    ... ]
    [True, True, True, True, True, False, False]
    """
    return bool(_TOTAL.fullmatch(" ".join(group.split()).strip("* :.")))
