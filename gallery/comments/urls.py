from django.urls import path

from gallery.comments import views

app_name = "comments"

urlpatterns = [
    path("images/<int:key>/comments/", views.of_image, name="of-image"),
    path("comments/<int:key>/", views.comment, name="comment"),
    path("comments/<int:key>/edit/", views.edit, name="edit"),
    path("comments/<int:key>/delete/", views.delete, name="delete"),
]
