from django.contrib.auth import views as auth_views
from django.urls import path

from gallery.accounts import views

app_name = "accounts"

urlpatterns = [
    path("join/", views.join, name="join"),
    path("login/", views.SignInView.as_view(), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("settings/", views.settings, name="settings"),
    path("settings/photo/remove/", views.remove_photo, name="remove-photo"),
    path("settings/password/", views.PasswordChangeView.as_view(), name="password-change"),
    path("settings/export/", views.export, name="export"),
    path("settings/close/", views.close, name="close"),
    path("password/reset/", views.PasswordResetView.as_view(), name="password-reset"),
    path(
        "password/reset/sent/",
        auth_views.PasswordResetDoneView.as_view(template_name="accounts/password_reset_sent.html"),
        name="password-reset-sent",
    ),
    path(
        "password/reset/<uidb64>/<token>/",
        views.PasswordResetConfirmView.as_view(),
        name="password-reset-confirm",
    ),
    path(
        "password/reset/done/",
        auth_views.PasswordResetCompleteView.as_view(
            template_name="accounts/password_reset_complete.html"
        ),
        name="password-reset-complete",
    ),
]
