import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("things", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("verb", models.CharField(max_length=32, verbose_name="verb")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="time"),
                ),
                ("data", models.JSONField(blank=True, default=dict, verbose_name="data")),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="activities",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="actor",
                    ),
                ),
                (
                    "target_document",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="activities_on",
                        to="things.document",
                    ),
                ),
                (
                    "target_picture",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="activities_on",
                        to="things.picture",
                    ),
                ),
                (
                    "target_user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="activities_on",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "activity",
                "verbose_name_plural": "activities",
                "ordering": ("-created_at", "-id"),
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["actor", "created_at", "id", "verb"], name="activity_of_actor"
                    ),
                    models.Index(
                        fields=["created_at", "id", "actor", "verb"], name="activity_newest"
                    ),
                    models.Index(
                        condition=models.Q(("target_picture__isnull", False)),
                        fields=["target_picture", "created_at", "id"],
                        name="activity_target_pic_967555_idx",
                    ),
                    models.Index(
                        condition=models.Q(("target_document__isnull", False)),
                        fields=["target_document", "created_at", "id"],
                        name="activity_target_doc_825281_idx",
                    ),
                    models.Index(
                        condition=models.Q(("target_user__isnull", False)),
                        fields=["target_user", "created_at", "id"],
                        name="activity_target_use_87a17a_idx",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("target_document__isnull", False),
                                ("target_picture__isnull", True),
                                ("target_user__isnull", True),
                            ),
                            models.Q(
                                ("target_document__isnull", True),
                                ("target_picture__isnull", False),
                                ("target_user__isnull", True),
                            ),
                            models.Q(
                                ("target_document__isnull", True),
                                ("target_picture__isnull", True),
                                ("target_user__isnull", False),
                            ),
                            models.Q(
                                ("target_document__isnull", True),
                                ("target_picture__isnull", True),
                                ("target_user__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="acts_activity_target_at_most_one",
                    )
                ],
            },
        ),
    ]
