import slipstream.counters
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("images", "0003_likes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="image",
            name="like_count",
            field=slipstream.counters.CountField(
                "likes", db_index=False, verbose_name="number of likes"
            ),
        ),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(fields=["-like_count", "-id"], name="images_most_liked"),
        ),
    ]
