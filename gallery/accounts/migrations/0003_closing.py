from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_search_index"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="closed_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="closed at"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(fields=["closed_at"], name="accounts_closed"),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_at", None), ("is_active", False), _connector="OR"),
                name="accounts_closed_is_inactive",
            ),
        ),
    ]
