from django.urls import path

from gallery.insights import views

app_name = "insights"

urlpatterns = [
    path("insights/", views.account, name="account"),
    path("images/<int:key>/insights/", views.image, name="image"),
]
