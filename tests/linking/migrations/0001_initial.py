import django.db.models.deletion
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
            name="Link",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "target_cover",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="things.cover",
                    ),
                ),
                (
                    "target_document",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="things.document",
                    ),
                ),
                (
                    "target_picture",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="things.picture",
                    ),
                ),
                (
                    "target_place",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="things.place",
                    ),
                ),
                (
                    "target_tag",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="things.tag",
                    ),
                ),
                (
                    "target_user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Bookmark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "target_link",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="linking.link",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(default="well", max_length=100)),
                (
                    "about_link",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remarks",
                        to="linking.link",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("target_cover__isnull", False),
                        ("target_document__isnull", True),
                        ("target_picture__isnull", True),
                        ("target_place__isnull", True),
                        ("target_tag__isnull", True),
                        ("target_user__isnull", True),
                    ),
                    models.Q(
                        ("target_cover__isnull", True),
                        ("target_document__isnull", False),
                        ("target_picture__isnull", True),
                        ("target_place__isnull", True),
                        ("target_tag__isnull", True),
                        ("target_user__isnull", True),
                    ),
                    models.Q(
                        ("target_cover__isnull", True),
                        ("target_document__isnull", True),
                        ("target_picture__isnull", False),
                        ("target_place__isnull", True),
                        ("target_tag__isnull", True),
                        ("target_user__isnull", True),
                    ),
                    models.Q(
                        ("target_cover__isnull", True),
                        ("target_document__isnull", True),
                        ("target_picture__isnull", True),
                        ("target_place__isnull", False),
                        ("target_tag__isnull", True),
                        ("target_user__isnull", True),
                    ),
                    models.Q(
                        ("target_cover__isnull", True),
                        ("target_document__isnull", True),
                        ("target_picture__isnull", True),
                        ("target_place__isnull", True),
                        ("target_tag__isnull", False),
                        ("target_user__isnull", True),
                    ),
                    models.Q(
                        ("target_cover__isnull", True),
                        ("target_document__isnull", True),
                        ("target_picture__isnull", True),
                        ("target_place__isnull", True),
                        ("target_tag__isnull", True),
                        ("target_user__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="linking_link_target_exactly_one",
            ),
        ),
        migrations.AddIndex(
            model_name="remark",
            index=models.Index(fields=["about_link", "-id"], name="remark_about_link_d21d60_idx"),
        ),
    ]
