"""From tables to the metric table: every number that a page may show, with its interval."""
