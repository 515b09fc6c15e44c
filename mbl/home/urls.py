from django.urls import path

from mbl.home.views import data_use, home, search

app_name = "home"
urlpatterns = [
    path("", home.home, name="home"),
    path("own/", home.own, name="own"),
    path("data-use/", data_use.data_use, name="data-use"),
    path("search/", search.search, name="search"),
]
