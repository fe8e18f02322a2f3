"""What may run later, in a worker, where one is set up; at once, where none is."""

try:
    from django.tasks import task
except ImportError:  # Django before 6.0
    from django_tasks import task  # type: ignore[no-redef]

from gallery.images import files


@task()
def make_renditions(folder: str, *, public: bool) -> None:
    """Make the renditions of a picture; again, if some are missing."""
    files.make_renditions(folder, public=public)
