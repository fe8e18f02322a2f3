from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("key", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("last_at", models.DateTimeField(editable=False)),
            ],
            options={
                "verbose_name": "claim",
                "verbose_name_plural": "claims",
            },
        ),
    ]
