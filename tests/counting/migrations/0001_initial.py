import django.db.models.deletion
import slipstream.counters
import uuid
from django.conf import settings
from django.db import migrations, models

from tests.counting.models import OF_ITSELF


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Album",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(default="an album", max_length=50)),
                ("photo_count", slipstream.counters.CountField("photos")),
                (
                    "shown_count",
                    slipstream.counters.CountField(
                        "photos",
                        filter=models.Q(
                            ("hidden", False), models.Q(("caption", "100%"), _negated=True)
                        ),
                    ),
                ),
                ("label_count", slipstream.counters.CountField("labels")),
                ("fan_count", slipstream.counters.CountField("fans")),
            ],
        ),
        migrations.CreateModel(
            name="Label",
            fields=[
                ("slug", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("album_count", slipstream.counters.CountField("albums")),
            ],
        ),
        migrations.CreateModel(
            name="Odd",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mark_count",
                    slipstream.counters.CountField(
                        "marks",
                        db_column="좋아요를 누른 사람들의 수 (Marks)",
                        filter=models.Q(("text", 'it\'s 100% "%s" \\ $$ {held};;\n좋아요')),
                    ),
                ),
            ],
            options={
                "db_table": "Counting Odd",
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(default="a place", max_length=50)),
                (
                    "long_visit_count",
                    slipstream.counters.CountField("visits", filter=models.Q(("minutes__gte", 60))),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Player",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("captaincy_count", slipstream.counters.CountField("captaincies")),
            ],
        ),
        migrations.CreateModel(
            name="Shop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True)),
                ("sale_count", slipstream.counters.CountField("sales")),
            ],
        ),
        migrations.CreateModel(
            name="Echo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("loud", models.BooleanField(default=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Whisper",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("counting.echo",),
        ),
        migrations.CreateModel(
            name="Fan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "album",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="counting.album"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="album",
            name="fans",
            field=models.ManyToManyField(
                related_name="albums_liked", through="counting.Fan", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.CreateModel(
            name="Heard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "echo_count",
                    slipstream.counters.CountField(
                        "echoes", filter=models.Q(("loud", True)), maintained_by="signals"
                    ),
                ),
                ("label_count", slipstream.counters.CountField("labels", maintained_by="signals")),
                (
                    "peer_count",
                    slipstream.counters.CountField(
                        "peers", db_index=False, maintained_by="signals"
                    ),
                ),
                (
                    "said_count",
                    slipstream.counters.CountField(
                        "echoes", filter=models.Q(("by__isnull", False)), maintained_by="signals"
                    ),
                ),
                ("peers", models.ManyToManyField(to="counting.heard")),
                ("labels", models.ManyToManyField(related_name="heard", to="counting.label")),
            ],
        ),
        migrations.AddField(
            model_name="echo",
            name="heard",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="echoes",
                to="counting.heard",
            ),
        ),
        migrations.AddField(
            model_name="album",
            name="labels",
            field=models.ManyToManyField(related_name="albums", to="counting.label"),
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("child_count", slipstream.counters.CountField("children", **OF_ITSELF)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="children",
                        to="counting.node",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        db_column="Counting Mark", default='it\'s 100% "%s" \\ $$ {held};;\n좋아요'
                    ),
                ),
                (
                    "odd",
                    models.ForeignKey(
                        db_column="select",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="counting.odd",
                    ),
                ),
            ],
            options={
                "db_table": "Counting Mark",
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("friend_count", slipstream.counters.CountField("friends")),
                ("idol_count", slipstream.counters.CountField("idols")),
                ("admirer_count", slipstream.counters.CountField("admirers")),
                ("friends", models.ManyToManyField(to="counting.person")),
                ("idols", models.ManyToManyField(related_name="admirers", to="counting.person")),
            ],
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("caption", models.CharField(default="it's a photo", max_length=50)),
                ("hidden", models.BooleanField(default=False)),
                ("remark_count", slipstream.counters.CountField("remark_set")),
                (
                    "album",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="photos",
                        to="counting.album",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Venue",
            fields=[
                (
                    "place_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="counting.place",
                    ),
                ),
                ("visit_count", slipstream.counters.CountField("visits")),
            ],
            bases=("counting.place",),
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
                ("text", models.CharField(default="a remark", max_length=50)),
                (
                    "photo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="counting.photo"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sale",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sales",
                        to="counting.shop",
                        to_field="code",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(default="a team", max_length=20)),
                ("player_count", slipstream.counters.CountField("players")),
                (
                    "captain",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="captaincies",
                        to="counting.player",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="player",
            name="team",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="players",
                to="counting.team",
            ),
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minutes", models.PositiveIntegerField(null=True)),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visits",
                        to="counting.place",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True)),
                ("derived_count", slipstream.counters.CountField("derived", **OF_ITSELF)),
                (
                    "root",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="derived",
                        to="counting.word",
                        to_field="code",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="fan",
            constraint=models.UniqueConstraint(fields=("album", "user"), name="counting_fan_once"),
        ),
        migrations.AddIndex(
            model_name="album",
            index=models.Index(fields=["-fan_count", "-id"], name="counting_most_liked"),
        ),
    ]
