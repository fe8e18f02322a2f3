from django.urls import path

from gallery.moderation import views

app_name = "moderation"

urlpatterns = [
    path("report/", views.report, name="report"),
    path("report/thanks/", views.thanks, name="thanks"),
]
