from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Q

from gallery.accounts.models import User

GROUP = "moderators"
#: What a moderator may, and nothing else: to look, to hide, to suspend, to settle reports.
PERMISSIONS = (
    "accounts.view_user",
    "comments.change_comment",
    "comments.view_comment",
    "gallery_activity.view_activity",
    "gallery_moderation.change_report",
    "gallery_moderation.suspend_person",
    "gallery_moderation.view_report",
    "images.change_image",
    "images.view_image",
    "images.view_like",
    "slipstream_follows.view_follow",
)


class Command(BaseCommand):
    help = "Make the group of moderators, with exactly their permissions, and add people to it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("usernames", nargs="*", metavar="username", help="whom to add")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        people = list(User.objects.active().filter(username__in=options["usernames"]))
        if unknown := set(options["usernames"]) - {person.username for person in people}:
            raise CommandError(f"There is nobody called {', '.join(sorted(unknown))}.")
        group, _is_new = Group.objects.get_or_create(name=GROUP)
        group.permissions.set(_permissions())
        for person in people:
            person.groups.add(group)
        # Without it nobody gets into the admin.
        User.objects.filter(pk__in=[person.pk for person in people]).update(is_staff=True)
        self.stdout.write(f"{group.user_set.count()} people are moderators.")


def _permissions() -> list[Permission]:
    wanted = Q()
    for name in PERMISSIONS:
        app, _dot, codename = name.partition(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    found = list(Permission.objects.filter(wanted))
    if len(found) != len(PERMISSIONS):
        raise CommandError("Some permissions are not there yet: run migrate first.")
    return found
