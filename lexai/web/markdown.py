"""Markdown of answers: read in one way for the page and for what leaves it, and as HTML that can do nothing.

No script, no picture, no address of anybody else's.
"""

from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

ALLOWED = {"p", "br", "blockquote", "em", "strong", "ul", "ol", "li", "code", "pre", "h3", "h4", "hr"}
# a line such as "[1]: https://elsewhere.example" would make every marker [1] a link
_markdown = MarkdownIt("commonmark", {"html": False}).disable("reference")


def parsed(markdown: str) -> list[Token]:
    """Return Markdown as its tokens."""
    return _markdown.parse(markdown)


def to_html(tokens: Sequence[Token]) -> str:
    """Return tokens as HTML of the allowed elements, none with an attribute."""
    return nh3.clean(_markdown.renderer.render(tokens, _markdown.options, {}), tags=ALLOWED, attributes={})
