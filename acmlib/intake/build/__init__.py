"""Tables of a contract from the files of its sources: joined, derived, split by dimensions, counted."""
