"""Errors reach a Sentry of one's own: what broke where, and the request id; nothing of anybody."""

import gzip
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import brotli
import pytest
from django.conf import settings

from portal.core.sentry import PLAIN

PROGRAM = """
import django
django.setup()
import logging
import sentry_sdk
from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseServerError
from django.test import Client
from django.views.decorators.csrf import csrf_exempt
from portal.core.access import public

@public
@csrf_exempt
def broken(request, token):
    secret = "anna@acme.example"
    logging.getLogger("portal.core").info("a word before")
    raise IntegrityError(f"Key (email)=({secret}) already exists")

import portal.urls
portal.urls.handler400 = lambda request, exception=None: HttpResponse(status=400)
import portal.urls_global as urls
from django.urls import path
urls.handler500 = lambda request: HttpResponseServerError()  # our page names static files that nobody collected here
urls.urlpatterns.insert(0, path("accounts/broken/<slug:token>/", broken))
browser = Client(raise_request_exception=False, headers={"user-agent": "Annas-Browser"})
browser.cookies["session"] = "s3cr3t"
answer = browser.post("/accounts/broken/t0ken/?q=acme-words", {"password": "hidden-word"}, HTTP_X_FORWARDED_FOR="10.9.8.7")
print(answer.status_code, answer["X-Request-ID"])
logging.getLogger("portal.mail").error("mail of %s went astray", "anna@acme.example", extra={"to": "anna@acme.example"})
browser.get("/", HTTP_HOST="scanner.example")
logging.getLogger("invoices.actions").error("no paper")
from portal.operation import doctor
doctor.alarm([{"check": "backups", "state": "broken", "name": "Backup", "text": "of acme"}])
sentry_sdk.flush(5)
"""
SECRETS = (
    'anna acme t0ken s3cr3t hidden-word Annas-Browser 10.9.8.7 already cookie password 127.0.0.1:5 "user" "request"'
).split()


UNPACKED = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}


class House(BaseHTTPRequestHandler):
    """A Sentry that keeps what it is sent."""

    got: list[bytes]

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(UNPACKED[self.headers.get("Content-Encoding")](body))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args):
        pass


@pytest.fixture
def house():
    class Ours(House):
        got = []

    server = HTTPServer(("127.0.0.1", 0), Ours)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def run(house) -> tuple[str, list[dict]]:
    """What the program said, and the events that came: envelopes are lines of JSON, the event is the last."""
    port = house.server_address[1]
    environ = os.environ | {"SENTRY_DSN": f"http://key@127.0.0.1:{port}/7", "SENTRY_ENVIRONMENT": "proof", "DEBUG": "0"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environ, capture_output=True, text=True, check=True)
    return done.stdout, [json.loads(sent.strip().splitlines()[-1]) for sent in house.RequestHandlerClass.got]


def test_kind_place_and_request_id_arrive_and_nothing_else(house):
    said, (error, logged, of_invoices, of_the_doctor) = run(house)

    status, request_id = said.split()
    assert status == "500"
    [told] = error["exception"]["values"]
    assert told["type"] == "IntegrityError"
    assert told["stacktrace"]["frames"][-1]["function"] == "broken"
    assert error["tags"]["request_id"] == request_id
    assert (error["release"], error["environment"]) == (settings.RELEASE, "proof")
    assert logged["logentry"]["message"] == "mail of %s went astray"
    assert of_invoices["logentry"]["message"] == "no paper"
    # Which check, and that another one is another matter; its words stay here.
    assert of_the_doctor["logger"].endswith(".doctor.backups")
    assert of_the_doctor["logger"] in of_the_doctor["fingerprint"]
    for words in map(json.dumps, (error, logged, of_invoices, of_the_doctor)):
        assert [secret for secret in SECRETS if secret in words] == []


def test_the_sentences_of_every_app_arrive():
    roots = {name.partition(".")[0] for name in settings.INSTALLED_APPS}
    assert {root for root in roots if (settings.BASE_DIR / root).is_dir()} <= set(PLAIN)


def test_without_the_setting_nothing_is_loaded():
    program = "import django, sys; django.setup(); print([name for name in sys.modules if name.startswith('sentry')])"
    environ = {name: value for name, value in os.environ.items() if name != "SENTRY_DSN"}
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
