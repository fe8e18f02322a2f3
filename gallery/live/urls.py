from django.urls import path

from gallery.live import views

app_name = "live"

urlpatterns = [path("live/", views.live, name="live")]
