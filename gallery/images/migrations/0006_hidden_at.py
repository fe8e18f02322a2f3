from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("images", "0005_comment_count"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="image",
            name="hidden_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="hidden at"),
        ),
        migrations.AlterField(
            model_name="image",
            name="deleted_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="deleted at"),
        ),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(fields=["hidden_at"], name="images_hidden"),
        ),
    ]
