"""Served search, until `gallery.search` got indexes of its own."""

from django.db import migrations

from gallery.config.trigram import contains_index


class Migration(migrations.Migration):
    dependencies = [("images", "0001_initial")]

    operations = [contains_index("images_image", "title")]
