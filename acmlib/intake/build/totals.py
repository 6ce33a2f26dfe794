"""Names that mean everybody together: a total is no group among groups."""

from __future__ import annotations

import re

_TOTAL = re.compile(
    r"((grand|sub|over|column|row) ?-?)?totals?( (general|participants|clients|people|population|served|enrolled|number))?|overall|all"
    r"|all (participants|clients|people|groups|races|sites|persons|students|children|ages|genders|individuals|schools|clinics|offices"
    r"|locations|programs|providers|grades|languages|categories|families|households|residents|cases)|everyone|everybody|sum"
    r"|(agency|program|district|city|county|state|system|region)(-?wide| ?wide)?[- ]totals?|(district|city|county|state|system)-?wide"
    r"|(sub|grand)[- ]?total.*|total[:,].*|(overall|combined|unduplicated) total|combined|todos|todas|suma|totales|total population"
    r"|total \(?unduplicated\)?|all (youth|races ?(and|/|&) ?ethnicities|participants served|clients served)|agency-?wide|both sexes",
    re.IGNORECASE,
)


def is_total(group: str) -> bool:
    """Whether the name of a group means everybody together.

    Examples
    --------
    >>> [is_total(name) for name in ("Total", "Grand Total", "All schools", "(All)", "Subtotal North", "Total Health", "All Saints")]
    [True, True, True, True, True, False, False]
    """
    name = " ".join(group.split()).strip("* :.")
    return bool(_TOTAL.fullmatch(name) or _TOTAL.fullmatch(name.strip("()")))
