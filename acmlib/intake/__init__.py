"""What was sent: files of providers as checked tables in a locked DuckDB connection."""

from acmlib.intake.checks import check_tables
from acmlib.intake.findings import Finding
from acmlib.intake.populations import read_population
from acmlib.intake.reading import Input
from acmlib.intake.sources import Tables, open_tables

__all__ = ["Finding", "Input", "Tables", "check_tables", "open_tables", "read_population"]
