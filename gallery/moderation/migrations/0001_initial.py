import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("comments", "0001_initial"),
        ("images", "0006_hidden_at"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("spam", "Spam or advertising"),
                            ("unwanted", "Nudity, violence, or otherwise out of place here"),
                            ("copyright", "Somebody else’s work, without permission"),
                            ("harassment", "Harassment or hate"),
                            ("other", "Something else"),
                        ],
                        max_length=16,
                        verbose_name="reason",
                    ),
                ),
                (
                    "words",
                    models.TextField(blank=True, max_length=500, verbose_name="in their words"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="reported at",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("dismissed", "Dismissed"),
                            ("acted", "Acted upon"),
                        ],
                        default="open",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                (
                    "open_mark",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(models.When(state="open", then=models.Value(1))),
                        output_field=models.SmallIntegerField(),
                    ),
                ),
                (
                    "handled_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="handled at"),
                ),
                (
                    "handled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="handled by",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports_made",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reported by",
                    ),
                ),
                (
                    "target_comment",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="comments.comment",
                    ),
                ),
                (
                    "target_image",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="images.image",
                    ),
                ),
                (
                    "target_person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "permissions": (("suspend_person", "Can suspend people"),),
                "indexes": [
                    models.Index(fields=["state", "-created_at", "-id"], name="moderation_queue"),
                    models.Index(fields=["-created_at", "-id"], name="moderation_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["spam", "unwanted", "copyright", "harassment", "other"])
                        ),
                        name="moderation_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("handled_at", None), ("state", "open")),
                            models.Q(
                                ("handled_at__isnull", False), ("state__in", ("dismissed", "acted"))
                            ),
                            _connector="OR",
                        ),
                        name="moderation_handled_unless_open",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("words"), 500
                        ),
                        name="moderation_words_not_too_long",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("target_comment__isnull", False),
                                ("target_image__isnull", True),
                                ("target_person__isnull", True),
                            ),
                            models.Q(
                                ("target_comment__isnull", True),
                                ("target_image__isnull", False),
                                ("target_person__isnull", True),
                            ),
                            models.Q(
                                ("target_comment__isnull", True),
                                ("target_image__isnull", True),
                                ("target_person__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="gallery_moderation_report_target_exactly_one",
                    ),
                    models.UniqueConstraint(
                        fields=("target_image", "reporter", "open_mark"),
                        name="report_target_imag_67ef38_uniq",
                    ),
                    models.UniqueConstraint(
                        fields=("target_comment", "reporter", "open_mark"),
                        name="report_target_comm_e3e36a_uniq",
                    ),
                    models.UniqueConstraint(
                        fields=("target_person", "reporter", "open_mark"),
                        name="report_target_pers_146c6c_uniq",
                    ),
                ],
            },
        ),
    ]
