"""`python -m acmlib` is `acm`."""

from acmlib.cli import main

main()
