"""Static files with names that change with what is in them."""

from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """As WhiteNoise has it, and modules import each other by those names too."""

    support_js_module_import_aggregation = True
