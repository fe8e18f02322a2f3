import django.db.models.deletion
import slipstream.counters
import slipstream.notifications.turns
from django.conf import settings
from django.db import migrations, models

from slipstream.activity.reads import activity_label


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(activity_label()),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Inbox",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="notification_inbox",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                (
                    "unread",
                    slipstream.counters.CountField(
                        "notifications",
                        db_index=False,
                        filter=models.Q(("actor_count__gt", 0), ("read_at", None)),
                        verbose_name="unread",
                    ),
                ),
            ],
            options={
                "verbose_name": "inbox",
                "verbose_name_plural": "inboxes",
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("verb", models.CharField(max_length=32, verbose_name="verb")),
                ("key", models.UUIDField(editable=False, verbose_name="key")),
                (
                    "open_key",
                    models.UUIDField(
                        editable=False, null=True, unique=True, verbose_name="key while unread"
                    ),
                ),
                ("latest_at", models.DateTimeField(verbose_name="time")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read at")),
                (
                    "revision",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="revision"),
                ),
                (
                    "actor_count",
                    slipstream.counters.CountField(
                        "participants", db_index=False, verbose_name="people"
                    ),
                ),
                (
                    "inbox",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="slipstream_notifications.inbox",
                        verbose_name="inbox",
                    ),
                ),
            ],
            options={
                "verbose_name": "notification",
                "verbose_name_plural": "notifications",
                "ordering": ("-latest_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=slipstream.notifications.turns.cascade_in_turn,
                        related_name="+",
                        to=activity_label(),
                        verbose_name="activity",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=slipstream.notifications.turns.cascade_in_turn,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "inbox",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="slipstream_notifications.inbox",
                        verbose_name="inbox",
                    ),
                ),
                (
                    "notification",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="slipstream_notifications.notification",
                        verbose_name="notification",
                    ),
                ),
            ],
            options={
                "verbose_name": "person in a notification",
                "verbose_name_plural": "people in notifications",
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("verb", models.CharField(max_length=32, verbose_name="verb")),
                ("is_on", models.BooleanField(verbose_name="on")),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notification_preferences",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "preference",
                "verbose_name_plural": "preferences",
            },
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                fields=["inbox", "latest_at", "id"], name="slipstream_notification_list"
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["inbox", "read_at"], name="slipstream_notification_unread"),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("open_key", models.F("key")),
                        ("open_key__isnull", False),
                        ("read_at__isnull", True),
                    ),
                    models.Q(("open_key__isnull", True), ("read_at__isnull", False)),
                    _connector="OR",
                ),
                name="slipstream_notification_open_or_read",
            ),
        ),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(
                fields=["notification", "activity"], name="slipstream_participant_newest"
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.UniqueConstraint(
                fields=("notification", "actor"), name="slipstream_participant_once_per_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.UniqueConstraint(
                fields=("inbox", "activity"), name="slipstream_participant_told_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.UniqueConstraint(
                fields=("user", "verb"), name="slipstream_preference_once_per_verb"
            ),
        ),
    ]
