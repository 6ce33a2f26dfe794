"""What was agreed: the files that people write, as frozen and checked objects."""
