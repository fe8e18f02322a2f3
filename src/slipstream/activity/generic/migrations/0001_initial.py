import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
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
                    "target_id",
                    models.CharField(
                        blank=True,
                        default=None,
                        max_length=255,
                        null=True,
                        verbose_name="target (key)",
                    ),
                ),
                (
                    "target_text",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=255,
                        verbose_name="target (text)",
                    ),
                ),
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
                    "target_type",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="contenttypes.contenttype",
                        verbose_name="target (model)",
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
                        fields=["target_type", "target_id", "created_at", "id"],
                        name="slipstream__target__c541d4_idx",
                    ),
                ],
            },
        ),
    ]
