"""Equity: who is served, whether results are equal, how sure that is, and how many people it means.

Pure functions: the metric table (or plain columns of counts) in, a table with more columns out. Descriptive, not a legal finding.
"""

from acmlib.analysis.equity.decomposition import decompose, kitagawa
from acmlib.analysis.equity.families import NOT_RECORDED
from acmlib.analysis.equity.gaps import disparities, every_comparison
from acmlib.analysis.equity.ordered import concentration, slope_index
from acmlib.analysis.equity.pairs import GAP_COLUMNS
from acmlib.analysis.equity.representation import REPRESENTATION_COLUMNS, disproportionality, share_gap
from acmlib.analysis.equity.robustness import choices, comparators, rate_bounds, unknown_bounds
from acmlib.analysis.equity.screens import composition, four_fifths, risk_ratio
from acmlib.analysis.equity.sizes import people_to_parity
from acmlib.analysis.equity.summary import summary_measures
from acmlib.analysis.equity.testing import adjust_p, benjamini_hochberg

__all__ = [
    "GAP_COLUMNS",
    "NOT_RECORDED",
    "REPRESENTATION_COLUMNS",
    "adjust_p",
    "benjamini_hochberg",
    "choices",
    "comparators",
    "composition",
    "concentration",
    "decompose",
    "disparities",
    "disproportionality",
    "every_comparison",
    "four_fifths",
    "kitagawa",
    "people_to_parity",
    "rate_bounds",
    "risk_ratio",
    "share_gap",
    "slope_index",
    "summary_measures",
    "unknown_bounds",
]
