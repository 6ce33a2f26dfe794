"""What was sent: files of providers as checked tables in a locked DuckDB connection."""

from acmlib.intake.build.populations import read_population
from acmlib.intake.build.sources import Tables, open_tables
from acmlib.intake.check.checks import check_tables
from acmlib.intake.findings import Finding
from acmlib.intake.read.reading import Input

__all__ = ["Finding", "Input", "Tables", "check_tables", "open_tables", "read_population"]
