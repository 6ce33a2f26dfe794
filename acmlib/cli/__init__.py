"""`acm`, the command line: it reads the request, calls the library and reports the result."""

import os

# pydantic would read the entry points of every installed package, in search of plugins that could change what a contract may say.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")

from acmlib.cli.app import main

__all__ = ["main"]
