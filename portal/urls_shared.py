"""Addresses that exist with and without an agency: sign-in, one's own account, the look."""

from django.urls import include, path

from portal.tenancy import views as tenancy

urlpatterns = [
    path("accounts/", include("portal.accounts.urls")),
    path("brand.css", tenancy.brand_css, name="brand_css"),
    path("brand/logo", tenancy.logo, name="brand_logo"),
    path("preferences/theme/", tenancy.set_theme, name="set_theme"),
    path("preferences/language/", tenancy.set_language, name="set_language"),
    path("legal/<slug:text>/", tenancy.legal, name="legal"),
]
