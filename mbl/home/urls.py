from django.urls import path

from mbl.home.views import home, search

app_name = "home"
urlpatterns = [
    path("", home.home, name="home"),
    path("own/", home.own, name="own"),
    path("search/", search.search, name="search"),
]
