from django.urls import path

from gallery.activity import views

app_name = "activity"

urlpatterns = [
    path("feed/new/", views.news, name="news"),
    path("pictures/<int:key>/activity/", views.on_image, name="on-image"),
]
