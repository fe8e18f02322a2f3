from django.urls import path

from gallery.images import views

app_name = "images"

urlpatterns = [
    path("media/images/<path:folder>/preview.jpg", views.public_preview, name="public-preview"),
    path("media/images/<path:folder>/<int:width>.webp", views.public_file, name="public-file"),
    path("share/", views.share, name="share"),
    path("pictures/<int:key>/", views.image, name="image"),
    path("pictures/<int:key>/edit/", views.edit, name="edit"),
    path("pictures/<int:key>/delete/", views.delete, name="delete"),
    path("pictures/<int:key>/restore/", views.restore, name="restore"),
    path("images/<int:key>/like/", views.like, name="like"),
    path("images/<int:key>/likes/", views.likes, name="likes"),
    path("pictures/<int:key>/<int:width>.webp", views.file, name="file"),
]
