"""What the numbers mean: pure functions over the metric table, which add columns and never change those given."""
