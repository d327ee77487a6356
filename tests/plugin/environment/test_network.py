import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

pytest.importorskip("qgis.core", reason="needs QGIS's Python bindings")

from qgis.core import QgsApplication, QgsFeedback
from qgis.PyQt.QtNetwork import QNetworkProxy

pytestmark = pytest.mark.qgis

CONTENT = b"a wheel" * 1000


@pytest.fixture
def network(installed, qgis_app):
    from rskd_qgis.environment import network

    return network


@pytest.fixture
def address():
    """A server on loopback that has one file."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            there = self.path == "/file"
            self.send_response(200 if there else 404)
            self.send_header("Content-Length", str(len(CONTENT) if there else 0))
            self.end_headers()
            if there:
                self.wfile.write(CONTENT)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_proxy_reaches_the_installers_as_variables(network):
    proxy = QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, "proxy.example", 8080, "ana", "p@ss/wörd")
    variables = network.proxy_variables(proxy, ["http://intranet.example/maps", "10.0.0.1"])
    assert variables["HTTPS_PROXY"] == f"http://{'ana'}:{'p%40ss%2Fw%C3%B6rd'}@proxy.example:8080"
    assert variables["HTTP_PROXY"] == variables["ALL_PROXY"] == variables["HTTPS_PROXY"]
    assert variables["NO_PROXY"] == "localhost,127.0.0.1,intranet.example,10.0.0.1"


def test_a_socks_proxy_keeps_its_kind(network):
    proxy = QNetworkProxy(QNetworkProxy.ProxyType.Socks5Proxy, "::1", 1080)
    assert network.proxy_variables(proxy, [])["ALL_PROXY"] == "socks5h://[::1]:1080"


def test_without_a_proxy_in_qgis_the_process_s_own_stays(network):
    assert network.proxy_variables(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy), ["x"]) == {}


def test_passwords_do_not_reach_the_log(network):
    proxy = f"http://{'ana'}:{'p%40ss'}@proxy.example:8080"
    said = network.without_secrets(f"error: {proxy} refused; https://pypi.org/simple/ is fine")
    assert "p%40ss" not in said
    assert "ana" not in said
    assert "https://pypi.org/simple/" in said


def test_a_file_is_fetched_and_checked(network, address, tmp_path):
    heard = []
    digest = hashlib.sha256(CONTENT).hexdigest()
    with ThreadPoolExecutor(1) as background:  # as in use; in the main thread QGIS tells no progress
        background.submit(
            network.download, f"{address}/file", tmp_path / "w", digest, QgsFeedback(), lambda *now: heard.append(now)
        ).result(timeout=30)
    assert (tmp_path / "w").read_bytes() == CONTENT
    assert heard[-1] == (len(CONTENT), len(CONTENT))


def test_another_file_than_the_one_asked_for_is_refused(network, address, tmp_path):
    from rskd_qgis.bridge.errors import BackendError

    with pytest.raises(BackendError) as failure:
        network.download(f"{address}/file", tmp_path / "w", "0" * 64, QgsFeedback(), lambda *_: None)
    assert failure.value.code == "not-trusted"
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_fetched_says_where_to_look(network, address, tmp_path):
    from rskd_qgis.bridge.errors import BackendError

    with pytest.raises(BackendError) as failure:
        network.download(f"{address}/gone", tmp_path / "w", "0" * 64, QgsFeedback(), lambda *_: None)
    assert failure.value.code == "no-network"
    assert "proxy" in failure.value.hint


def test_a_cancelled_download_stops(network, address, tmp_path):
    from rskd_qgis.bridge.errors import Stopped

    feedback = QgsFeedback()
    feedback.cancel()
    with pytest.raises(Stopped):
        network.download(f"{address}/file", tmp_path / "w", "0" * 64, feedback, lambda *_: None)


@pytest.fixture
def added(network, monkeypatch):
    """Certificates that the user added to QGIS: a list to add to."""
    added = []
    authorities = SimpleNamespace(
        isDisabled=lambda: False,
        extraFileCAs=lambda: added,
        databaseCAs=list,
        trustedCaCertsPemText=lambda: b"-----BEGIN CERTIFICATE-----" + "".join(added).encode(),
    )
    monkeypatch.setattr(network.QgsApplication, "authManager", lambda: authorities)
    return added


def test_certificates_are_written_only_if_the_user_added_some(network, added, tmp_path):
    assert network.certificates(tmp_path) == {"UV_SYSTEM_CERTS": "1"}
    added.append("one")
    variables = network.certificates(tmp_path / "home")
    bundle = tmp_path / "home" / "certificates.pem"
    assert variables["SSL_CERT_FILE"] == variables["PIP_CERT"] == str(bundle)
    assert bundle.read_bytes().startswith(b"-----BEGIN")


def test_certificates_that_others_read_are_replaced_in_one_step_and_only_when_they_changed(network, added, tmp_path):
    added.append("one")
    network.certificates(tmp_path)
    bundle = tmp_path / "certificates.pem"
    first = bundle.stat()
    with bundle.open("rb") as reading:
        network.certificates(tmp_path)
        assert bundle.stat().st_ino == first.st_ino
        added.append("two")
        network.certificates(tmp_path)
        assert reading.read().endswith(b"one")
    assert bundle.read_bytes().endswith(b"onetwo")
    assert list(tmp_path.iterdir()) == [bundle]


def test_where_certificates_cannot_be_written_the_rest_goes_on(network, added, tmp_path):
    added.append("one")
    (tmp_path / "home").write_text("a file in its place", encoding="utf-8")
    said = []
    log = QgsApplication.messageLog()
    log.messageReceived.connect(lambda message, tag, level: said.append((tag, message)))
    assert network.certificates(tmp_path / "home") == {"UV_SYSTEM_CERTS": "1"}
    (tmp_path / "blocked" / "certificates.pem").mkdir(parents=True)
    assert network.environment(tmp_path / "blocked")["UV_SYSTEM_CERTS"] == "1"
    assert [tag for tag, _ in said] == ["RSKD", "RSKD"]
    assert "certificates.pem” cannot be written" in said[0][1]
    assert len(list((tmp_path / "blocked").iterdir())) == 1
