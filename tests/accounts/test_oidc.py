"""Sign-in through an OpenID Connect provider, here a real one on loopback."""

import json
from base64 import urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module, reload
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.urls import clear_url_caches, reverse

from portal.accounts import actions
from portal.accounts.models import User
from tests.accounts.conftest import code_of, is_authenticated, is_in, mailed_code, type_code

CALLBACK = "/accounts/oidc/works/login/callback/"
MODULES = ("portal.accounts.urls", "portal.urls_shared", "portal.urls_global", "portal.urls")


class Provider(BaseHTTPRequestHandler):
    """The least that a provider must do."""

    def do_GET(self):
        base = f"http://127.0.0.1:{self.server.server_port}"
        pages = {
            "/.well-known/openid-configuration": {
                "issuer": base,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "userinfo_endpoint": f"{base}/userinfo",
                "jwks_uri": f"{base}/keys",
            },
            "/userinfo": self.server.claims,
        }
        self._answer(pages[self.path])

    def do_POST(self):
        self.server.asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        part = lambda value: urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()  # noqa: E731
        issuer = f"http://127.0.0.1:{self.server.server_port}"
        claims = {"iss": issuer, "aud": "portal", "exp": 9_999_999_999, "iat": 1, **self.server.claims}
        token = f"{part({'alg': 'RS256', 'kid': '1'})}.{part(claims)}.AAAA"
        self._answer({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _answer(self, value):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *args):
        """Quiet."""


@pytest.fixture
def provider(settings):
    """A provider on loopback, known to the portal as "works"."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.claims = {"sub": "1", "email": "ida@ida.example", "email_verified": True}
    server.asked = []
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    app = {
        "provider_id": "works",
        "name": "Works",
        "client_id": "portal",
        "secret": "s",
        "settings": {"server_url": url},
    }
    settings.OIDC_PROVIDERS = [app]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    settings.BASE_URL = "http://testserver"
    _reload_urls()
    yield server
    server.shutdown()
    server.server_close()
    settings.OIDC_PROVIDERS = []
    _reload_urls()


def _reload_urls():
    for name in MODULES:
        reload(import_module(name))
    clear_url_caches()


def through_provider(browser, place="", query=""):
    """To the provider and back."""
    response = browser.get(f"{place}/accounts/oidc/works/login/{query}")
    asked = parse_qs(urlsplit(response.url).query)
    assert asked["redirect_uri"] == [f"http://testserver{CALLBACK}"]
    return browser.get(CALLBACK, {"code": "c", "state": asked["state"][0]})


def test_the_sign_in_page_offers_it(browser, provider):
    assert "/accounts/oidc/works/login/" in browser.get(reverse("account_login")).content.decode()


def test_it_asks_for_the_app_as_every_entrance(browser, provider, person, app):
    response = through_provider(browser)

    assert response.url == reverse("otp_challenge")
    assert not is_authenticated(browser)
    assert not is_in(browser)
    type_code(browser, code_of(app))
    assert is_in(browser)


def test_it_asks_for_the_mailed_code(browser, provider, person):
    assert through_provider(browser).url == reverse("otp_challenge")
    assert not is_authenticated(browser)
    type_code(browser, mailed_code())
    assert is_in(browser)


def test_where_the_app_is_asked_it_leads_to_enrolment_only(browser, provider, person, strict):
    through_provider(browser)
    type_code(browser, mailed_code())

    assert browser.get(reverse("account_security")).url.partition("?")[0] == reverse("otp_enrol")


def test_from_an_agency_the_callback_is_the_same_and_leads_back(browser, provider, person, app, cast):
    through_provider(browser, "/north", "?next=/north/accounts/security/")
    response = type_code(browser, code_of(app))

    assert response.url == "/north/accounts/security/"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@nowhere.example"},
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
    ],
)
def test_others_get_nothing_and_no_account(browser, provider, person, claims):
    provider.claims |= claims
    known = User.objects.count()
    page = through_provider(browser)

    assert "By invitation only" in page.content.decode()
    assert User.objects.count() == known
    assert not is_authenticated(browser)
    assert mail.outbox == []


def test_an_address_not_verified_here_is_not_enough(browser, provider, person):
    person.emailaddress_set.update(verified=False)
    through_provider(browser)

    assert not is_authenticated(browser)
    assert browser.get(reverse("otp_challenge")).url == reverse("account_login")


def test_closed_accounts_stay_closed(browser, provider, person):
    actions.close(person)

    assert through_provider(browser).url == reverse("account_inactive")


def test_nothing_is_connected_to_whoever_is_signed_in(browser, provider, person, app):
    through_provider(browser)
    type_code(browser, code_of(app))
    provider.claims |= {"email": "eve@eve.example"}
    through_provider(browser, query="?process=connect")

    assert person.socialaccount_set.count() == 0


def test_a_callback_without_its_state_is_refused(browser, provider, person):
    browser.get("/accounts/oidc/works/login/")
    page = browser.get(CALLBACK, {"code": "c", "state": "forged"})

    assert page.status_code == 401
    assert "did not work" in page.content.decode()
    assert provider.asked == []
    assert not is_authenticated(browser)


def test_from_another_host_first_to_the_portals_own(browser, provider, settings):
    settings.ALLOWED_HOSTS = ["testserver", "agency.example"]
    response = browser.get("/accounts/oidc/works/login/", headers={"host": "agency.example"})

    assert response.url.startswith("http://testserver/accounts/oidc/works/login/?next=")
