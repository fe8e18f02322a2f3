"""``{% load gallery_comments %}``"""

import re
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from gallery.comments import reads
from gallery.images.models import Image

register = template.Library()

# With a name before the host ("https://known.example@other.example") it is no address here.
_ADDRESS = re.compile(
    r"""\bhttps?://(?![^\s/?#\\]*@)[\w\[][^\s<>"'“”‘’「」『』《》]*""", re.IGNORECASE
)
_PUNCTUATION = ".,:;!?…"
_OPENING = {")": "(", "]": "["}
_LINK = '<a href="{}" rel="nofollow ugc noopener">{}</a>'
_LONGEST = 48


@register.filter
def comment_text(text: str) -> SafeString:
    """Return ``text`` escaped, with its line breaks, and with links that nobody profits from.

    What is written out as http or https address becomes a link, and nothing else. Long
    ones are shortened where they are read. (Django's ``urlize`` also links what was not
    meant as an address, and swallows punctuation behind a closing bracket.)
    """
    pieces = []
    end = 0
    for match in _ADDRESS.finditer(text):
        address = _without_punctuation(match[0])
        pieces += [escape(text[end : match.start()]), format_html(_LINK, address, _short(address))]
        end = match.start() + len(address)
    pieces.append(escape(text[end:]))
    return mark_safe("".join(pieces).replace("\n", "<br>"))  # noqa: S308 - each piece is escaped


def _without_punctuation(address: str) -> str:
    """Return ``address`` without what belongs to the sentence around it."""
    while address[-1] in _PUNCTUATION or (
        address[-1] in ")]" and address.count(address[-1]) > address.count(_OPENING[address[-1]])
    ):
        address = address[:-1]
    return address


def _short(address: str) -> str:
    return address if len(address) <= _LONGEST else f"{address[: _LONGEST - 1]}…"


@register.inclusion_tag("comments/section.html", takes_context=True)
def comments_on(context: Context, image: Image) -> dict[str, Any]:
    """Show the latest comments on ``image``, and the form for another. One query."""
    request = context["request"]
    return reads.section(request, image, reads.page(image, request.user))
