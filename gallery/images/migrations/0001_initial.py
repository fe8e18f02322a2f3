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
            name="Image",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "description",
                    models.TextField(blank=True, max_length=2000, verbose_name="description"),
                ),
                ("image", models.CharField(editable=False, max_length=60, unique=True)),
                ("width", models.PositiveIntegerField(editable=False)),
                ("height", models.PositiveIntegerField(editable=False)),
                ("colour", models.CharField(editable=False, max_length=7)),
                (
                    "visibility",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Everyone"), (1, "My followers"), (2, "Only me")],
                        default=0,
                        verbose_name="who may see it",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="shared at"
                    ),
                ),
                ("deleted_at", models.DateTimeField(editable=False, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="images",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture",
                "verbose_name_plural": "pictures",
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="images_newest"),
                    models.Index(
                        fields=["user", "-created_at", "-id"], name="images_newest_of_user"
                    ),
                    models.Index(fields=["deleted_at"], name="images_deleted"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("visibility__in", [0, 1, 2])),
                        name="images_visibility_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__gt", 0), ("width__gt", 0)),
                        name="images_size_positive",
                    ),
                ],
            },
        ),
    ]
