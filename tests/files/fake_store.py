"""An object store on the loopback: so much of S3 as the portal uses, well or badly behaved."""

import threading
import time
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class Store(ThreadingHTTPServer):
    """`mood`: well, busy (503), short (cuts what it sends), lossy (cuts what it keeps), silent (never answers), gone."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects, self.parts, self.mood, self.age = {}, {}, "well", 0

    @property
    def options(self):
        """Options of the storage backend."""
        url = f"http://127.0.0.1:{self.server_port}"
        return {"bucket_name": "b", "endpoint_url": url, "access_key": "a", "secret_key": "s", "region_name": "eu"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._is_well():
            return
        body = body[:-1] if self.server.mood == "lossy" else body
        if part := self._query().get("partNumber"):
            self.server.parts[self._key(), int(part[0])] = body
        else:
            self.server.objects[self._key()] = body
        self._answer(200, b"")

    def do_POST(self):
        """What is large comes in parts: the beginning of it, and its end."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        key = self._key()
        if "uploads" not in self._query():
            numbers = sorted(number for of, number in self.server.parts if of == key)
            self.server.objects[key] = b"".join(self.server.parts.pop((key, number)) for number in numbers)
        self._answer(200, b"<Result><UploadId>u</UploadId></Result>")

    def do_GET(self):
        if not self._is_well():
            return
        if "prefix" in self._query():
            self._answer(200, self._listing())
        else:
            self._send_object()

    do_HEAD = do_GET

    def do_DELETE(self):
        if self._is_well():
            self.server.objects.pop(self._key(), None)
            self._answer(204, b"")

    def log_message(self, *args):
        """Quiet."""

    def _is_well(self):
        if self.server.mood == "silent":
            time.sleep(3)
        if self.server.mood == "gone":
            self.close_connection = True
        if self.server.mood == "busy":
            self._answer(503, b"<Error><Code>SlowDown</Code></Error>")
        return self.server.mood not in ("silent", "busy", "gone")

    def _key(self):
        return unquote(urlsplit(self.path).path).removeprefix("/b/")

    def _query(self):
        return parse_qs(urlsplit(self.path).query, keep_blank_values=True)

    def _send_object(self):
        body = self.server.objects.get(self._key())
        if body is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        elif self.server.mood == "short" and self.command == "GET":
            self._answer(200, body[:3], length=len(body))
            self.close_connection = True
        elif wanted := self.headers.get("Range"):
            first, _dash, last = wanted.removeprefix("bytes=").partition("-")
            part = body[int(first) : int(last) + 1 if last else None]
            self._answer(206, part, part_of=f"bytes {first}-{int(first) + len(part) - 1}/{len(body)}")
        else:
            self._answer(200, body)

    def _listing(self):
        prefix = self._query()["prefix"][0]
        keys = [key.removeprefix(prefix) for key in sorted(self.server.objects) if key.startswith(prefix)]
        folders = sorted({key.split("/")[0] for key in keys if "/" in key})
        files = [key for key in keys if "/" not in key]
        found = "".join(f"<CommonPrefixes><Prefix>{escape(prefix + x)}/</Prefix></CommonPrefixes>" for x in folders)
        found += "".join(f"<Contents><Key>{escape(prefix + x)}</Key></Contents>" for x in files)
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>".encode()

    def _answer(self, status, body, length=None, part_of=""):
        self.send_response(status)
        if part_of:
            self.send_header("Content-Range", part_of)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("ETag", '"e"')
        self.send_header("Last-Modified", formatdate(time.time() - self.server.age, usegmt=True))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def running():
    store = Store()
    threading.Thread(target=store.serve_forever, args=(0.05,), daemon=True).start()
    yield store
    store.shutdown()
    store.server_close()
