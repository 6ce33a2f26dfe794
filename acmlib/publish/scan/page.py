"""The last look at a finished page, before anybody is handed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from acmlib.publish.scan.drawings import all_words, drawing_of
from acmlib.publish.scan.elements import drawing_problems, element_problems
from acmlib.publish.scan.hidden import Withheld
from acmlib.publish.scan.leaks import leaks
from acmlib.publish.scan.secrets import NO_SECRETS, Secrets
from acmlib.publish.scan.statements import metadata_statements, statements
from acmlib.publish.scan.tree import COMMENT, Node, read_tree


def scan_page(
    page: str,
    secrets: Secrets = NO_SECRETS,
    *,
    withheld: Withheld | None = None,
    style: str | None = None,
    notebook: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    """Return what keeps a page from being handed out; nothing if it is fit.

    Looked for are: anything active or fetched from outside; pictures without alternative text; tables without caption or with headers that
    do not say what they head; a missing title, language or main heading; errors, warnings, code, paths and raw missing values in the text;
    participants' ids and protected names; numbers of hidden cells. All in words, attributes, comments and drawings, and the letters that
    drawings are made of.

    Parameters
    ----------
    secrets : Secrets
        Ids, names and places that may not be in it.
    withheld : Withheld, optional
        Hidden cells of the release that the page was made from.
    style : str, optional
        The style sheet that all pages have; with it given, a page may have no other.
    notebook : mapping, optional
        The executed notebook: what its metadata hold could travel with it.

    Examples
    --------
    >>> scan_page('<html lang="en"><title>Jobs</title><h1>Jobs</h1><img src="data:image/svg+xml;base64,AA=="></html>')
    ('a picture has no alternative text',)
    """
    tree = read_tree(page)
    nodes = list(tree.walk())
    drawings = [drawing for node in nodes if (drawing := drawing_of(node)) is not None]
    words = _words(tree, nodes, drawings)
    problems = [*element_problems(tree, style)]
    problems += [problem for drawing in drawings for problem in drawing_problems(drawing)]
    problems += [*leaks(words), *secrets.found(words, raw=page)]
    about = [] if notebook is None else [one for part in _metadata(notebook) for one in metadata_statements(part)]
    kept = "\n".join(word for one in about for word in (*one.heads, one.text))
    problems += [f"metadata of the notebook: {problem}" for problem in secrets.found(kept)]
    if withheld is not None:
        problems += withheld.found([*statements(tree), *about])
    return tuple(dict.fromkeys(problems))


def _words(tree: Node, nodes: list[Node], drawings: list[Node]) -> str:
    """Return every word of a page, seen or not."""
    hidden = (text for node in nodes for text in node.attributes.values() if not text.startswith("data:"))
    comments = (str(node.children[0]) for node in nodes if node.tag == COMMENT)
    return "\n".join([tree.text, *hidden, *comments, *map(all_words, drawings)])


def _metadata(notebook: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the metadata of a notebook and of its cells; papermill's own hold paths, and never reach a page."""
    for part in (notebook, *notebook.get("cells", ())):
        yield {name: value for name, value in part.get("metadata", {}).items() if name != "papermill"}
