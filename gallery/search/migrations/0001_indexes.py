"""Serves `gallery.search.finding`, in place of the indexes that search had before."""

from django.db import migrations

from gallery.config.trigram import contains_index, search_index


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0003_closing"), ("images", "0005_comment_count")]

    operations = [
        contains_index("accounts_user", "username", "name", drop=True),
        contains_index("images_image", "title", drop=True),
        search_index("accounts_user", "username", "name"),
        search_index("images_image", "title"),
    ]
