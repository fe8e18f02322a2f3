"""What a picture's page tells machines: those that show its link, and those that search."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from gallery.images import files
from gallery.images.models import Image

# So that nothing in it ends the script, or begins another.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&"}
_LOCALES = {"en": "en_US", "ko": "ko_KR"}


def link_data(request: HttpRequest, image: Image) -> dict[str, Any]:
    """Return what Open Graph, Twitter's cards and JSON-LD say of a public ``image``. No query."""
    address = request.build_absolute_uri(image.get_absolute_url())
    preview = request.build_absolute_uri(files.preview_url(image.image))
    width, height = files.preview_size(image.width, image.height)
    language = (get_language() or "en").partition("-")[0]
    locale = _LOCALES.get(language, _LOCALES["en"])
    return {
        "url": address,
        "image": preview,
        "width": width,
        "height": height,
        "locale": locale,
        "other_locales": [other for other in _LOCALES.values() if other != locale],
        "json": _in_script(
            {
                "@context": "https://schema.org",
                "@type": "ImageObject",
                "name": image.title,
                "description": image.description or image.title,
                "url": address,
                "contentUrl": request.build_absolute_uri(image.sources[-1][1]),
                "thumbnailUrl": preview,
                "width": image.width,
                "height": image.height,
                "uploadDate": image.created_at.isoformat(),
                "creator": {
                    "@type": "Person",
                    "name": image.user.name,
                    "url": request.build_absolute_uri(image.user.get_absolute_url()),
                },
                "interactionStatistic": {
                    "@type": "InteractionCounter",
                    "interactionType": "https://schema.org/LikeAction",
                    "userInteractionCount": image.like_count,
                },
            }
        ),
    }


def _in_script(data: dict[str, Any]) -> SafeString:
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(text)  # noqa: S308 - no "<", ">" or "&" is left in it
