"""Served search, until `gallery.search` got indexes of its own."""

from django.db import migrations

from gallery.config.trigram import contains_index


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [contains_index("accounts_user", "username", "name")]
