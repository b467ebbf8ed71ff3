"""Sign-in through an OpenID Connect provider. Its callback has one address, whatever agency the sign-in began at."""

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.urls import get_script_prefix, reverse
from django.utils.http import urlencode


class OneAddress(OpenIDConnectOAuth2Adapter):
    """The provider knows one callback address; an agency's prefix or domain is not part of it."""

    def get_callback_url(self, request, app):
        return global_url("openid_connect_callback", self.provider_id)


def global_url(name: str, provider_id: str) -> str:
    """The address of a view outside any agency, on the portal's own host."""
    path = reverse(name, kwargs={"provider_id": provider_id})
    return f"{settings.BASE_URL}/{path.removeprefix(get_script_prefix())}"


def begin(request: HttpRequest, provider_id: str):
    """To the provider. From an agency's own domain first to the portal's host, where the callback will find the session."""
    if not settings.BASE_URL.endswith(f"//{request.get_host()}"):
        query = urlencode({"next": request.GET.get("next", "")})
        return redirect(f"{global_url('openid_connect_login', provider_id)}?{query}")
    return _view(OAuth2LoginView, request, provider_id)


def callback(request: HttpRequest, provider_id: str):
    """Back from the provider; goes on through the same stages as every sign-in."""
    return _view(OAuth2CallbackView, request, provider_id)


def _view(kind, request: HttpRequest, provider_id: str):
    try:
        return kind.adapter_view(OneAddress(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404("no such provider") from error
