import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowCounts",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="follow_counts",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                (
                    "follower_count",
                    models.IntegerField(default=0, editable=False, verbose_name="followers"),
                ),
                (
                    "following_count",
                    models.IntegerField(default=0, editable=False, verbose_name="following"),
                ),
            ],
            options={
                "verbose_name": "follow counts",
                "verbose_name_plural": "follow counts",
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "followed_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="followed at",
                    ),
                ),
                (
                    "follower",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outgoing_follows",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="follower",
                    ),
                ),
                (
                    "following",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="incoming_follows",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="following",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow",
                "verbose_name_plural": "follows",
                "ordering": ("-followed_at", "-id"),
                "indexes": [
                    models.Index(
                        fields=["follower", "-followed_at", "-id"],
                        name="slipstream_follow_by_follower",
                    ),
                    models.Index(
                        fields=["following", "-followed_at", "-id"],
                        name="slipstream_follow_of_following",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("follower", "following"), name="slipstream_follow_once_per_pair"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("follower", models.F("following")), _negated=True),
                        name="slipstream_follow_not_oneself",
                    ),
                ],
            },
        ),
    ]
