import slipstream.counters
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0001_initial"),
        ("images", "0004_like_count"),
    ]

    operations = [
        migrations.AddField(
            model_name="image",
            name="comment_count",
            field=slipstream.counters.CountField(
                "comments",
                db_index=False,
                filter=models.Q(("hidden_at", None)),
                verbose_name="number of comments",
            ),
        ),
    ]
