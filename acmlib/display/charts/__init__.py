"""Figures: each function returns a `Chart` with alt text, long description and data table from the same released numbers."""
