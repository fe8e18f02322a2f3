import slipstream.rankings.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Doubt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("client", models.CharField(max_length=32)),
                ("number", models.BigIntegerField()),
                ("kind", models.CharField(db_index=True, max_length=100, verbose_name="model")),
                (
                    "object_key",
                    slipstream.rankings.fields.ExactCharField(
                        max_length=150, verbose_name="object"
                    ),
                ),
                ("viewer", models.CharField(max_length=32, null=True, verbose_name="viewer")),
                ("at", models.DateTimeField()),
                ("once_per", models.DurationField()),
                ("half_life", models.DurationField()),
            ],
            options={
                "verbose_name": "view in doubt",
                "verbose_name_plural": "views in doubt",
            },
        ),
        migrations.CreateModel(
            name="Flush",
            fields=[
                (
                    "kind",
                    models.CharField(
                        max_length=100, primary_key=True, serialize=False, verbose_name="model"
                    ),
                ),
                ("batch", models.CharField(default="", max_length=32)),
                ("flushed_at", models.DateTimeField(auto_now=True, verbose_name="flushed at")),
            ],
            options={
                "verbose_name": "flush",
                "verbose_name_plural": "flushes",
            },
        ),
        migrations.CreateModel(
            name="Stale",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(db_index=True, max_length=100, verbose_name="model")),
                (
                    "object_key",
                    slipstream.rankings.fields.ExactCharField(
                        max_length=150, verbose_name="object"
                    ),
                ),
            ],
            options={
                "verbose_name": "stale object",
                "verbose_name_plural": "stale objects",
            },
        ),
        migrations.CreateModel(
            name="Viewing",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=100, verbose_name="model")),
                (
                    "object_key",
                    slipstream.rankings.fields.ExactCharField(
                        max_length=150, verbose_name="object"
                    ),
                ),
                ("viewer", models.CharField(max_length=32, verbose_name="viewer")),
                ("counted_at", models.DateTimeField(verbose_name="counted at")),
                ("before_at", models.DateTimeField(null=True, verbose_name="counted before at")),
            ],
            options={
                "verbose_name": "viewing",
                "verbose_name_plural": "viewings",
                "indexes": [models.Index(fields=["counted_at"], name="slipstream_rankings_viewed")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "object_key", "viewer"),
                        name="slipstream_rankings_one_viewer",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Views",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=100, verbose_name="model")),
                (
                    "object_key",
                    slipstream.rankings.fields.ExactCharField(
                        max_length=150, verbose_name="object"
                    ),
                ),
                ("period", models.CharField(max_length=8, verbose_name="period")),
                ("starts_at", models.DateTimeField(verbose_name="starts at")),
                ("views", models.BigIntegerField(default=0, verbose_name="views")),
                ("viewers", models.BigIntegerField(default=0, verbose_name="viewers")),
                ("score", models.FloatField(default=0, verbose_name="score")),
            ],
            options={
                "verbose_name": "views",
                "verbose_name_plural": "views",
                "indexes": [
                    models.Index(
                        fields=["kind", "period", "starts_at", "-score", "object_key"],
                        name="slipstream_rankings_top",
                    ),
                    models.Index(fields=["period", "starts_at"], name="slipstream_rankings_past"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "object_key", "period", "starts_at"),
                        name="slipstream_rankings_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("period__in", ["all", "month", "week", "day", "hour", "trending"])
                        ),
                        name="slipstream_rankings_known_period",
                    ),
                ],
            },
        ),
    ]
