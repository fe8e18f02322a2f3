from django.urls import path

from gallery.search import views

app_name = "search"

urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/pictures/", views.pictures, name="pictures"),
    path("search/people/", views.people, name="people"),
]
