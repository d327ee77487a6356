"""QGIS's way into the network, for the installers too: its proxy and the certificates that it trusts.

A proxy's password goes into a process's environment, never into arguments or the log.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from qgis.core import Qgis, QgsApplication, QgsBlockingNetworkRequest, QgsFeedback, QgsNetworkAccessManager
from qgis.PyQt.QtCore import QCoreApplication, QUrl
from qgis.PyQt.QtNetwork import QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery, QNetworkRequest

from rskd_qgis.bridge.errors import BackendError, Stopped

_PROBED = "https://pypi.org/simple/"
_SCHEMES = {
    QNetworkProxy.ProxyType.HttpProxy: "http",
    QNetworkProxy.ProxyType.HttpCachingProxy: "http",
    QNetworkProxy.ProxyType.Socks5Proxy: "socks5h",  # the proxy looks the names up
}

_SYSTEM_CERTIFICATES = {"UV_SYSTEM_CERTS": "1"}
"""As QGIS does, not the list that uv brings."""


def environment(folder: Path) -> dict[str, str]:
    """Proxy and certificates of QGIS as variables for uv and pip; call it in the main thread.

    Args:
        folder: where a file of certificates may be written.
    """
    manager = QgsNetworkAccessManager.instance()
    proxy = manager.fallbackProxy()
    if proxy.type() == QNetworkProxy.ProxyType.DefaultProxy:  # “as the system says”
        proxy = QNetworkProxyFactory.systemProxyForQuery(QNetworkProxyQuery(QUrl(_PROBED)))[0]
    direct = [*manager.excludeList(), *manager.noProxyList()]
    return {**proxy_variables(proxy, direct), **certificates(folder)}


def proxy_variables(proxy: QNetworkProxy, direct: Sequence[str]) -> dict[str, str]:
    """A proxy in the words of other programs; nothing if there is none, so that the process's own stay."""
    scheme = _SCHEMES.get(proxy.type())
    if scheme is None or not proxy.hostName():
        return {}
    who = ""
    if proxy.user():
        who = f"{quote(proxy.user(), safe='')}:{quote(proxy.password(), safe='')}@"
    host = f"[{proxy.hostName()}]" if ":" in proxy.hostName() else proxy.hostName()
    url = f"{scheme}://{who}{host}:{proxy.port()}"
    # QGIS lists whole addresses, the others want hosts.
    hosts = [QUrl(entry).host() or entry.strip("/*") for entry in direct if entry]
    variables = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), url)
    variables["NO_PROXY"] = ",".join(["localhost", "127.0.0.1", *hosts])
    # Where the process has them in small letters too, those would win.
    return {**variables, **{name.lower(): value for name, value in variables.items() if name.lower() in os.environ}}


def certificates(folder: Path) -> dict[str, str]:
    """The certificates that QGIS trusts, as a file, if the user added any to the system's own.

    Where the file cannot be written, everything that needs none of the user's own still works: QGIS's log says so.
    """
    authorities = QgsApplication.authManager()
    if authorities.isDisabled() or not (authorities.extraFileCAs() or authorities.databaseCAs()):
        return dict(_SYSTEM_CERTIFICATES)
    bundle = folder / "certificates.pem"
    try:
        _keep(bundle, bytes(authorities.trustedCaCertsPemText()))
    except OSError as error:
        words = QCoreApplication.translate(
            "Setup", "Certificates that were added to QGIS are not used, as “{path}” cannot be written: {reason}"
        )
        said = words.format(path=bundle, reason=error.strerror or error)
        QgsApplication.messageLog().logMessage(said, "RSKD", Qgis.MessageLevel.Warning)
        return dict(_SYSTEM_CERTIFICATES)
    return dict.fromkeys(("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"), str(bundle))


def _keep(file: Path, content: bytes) -> None:
    """Writes a file that others may be reading: they see the old one or the new one."""
    try:
        if file.read_bytes() == content:
            return
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
    number, half = tempfile.mkstemp(prefix=f"{file.name}-", dir=file.parent)
    try:
        with os.fdopen(number, "wb") as written:
            written.write(content)
        Path(half).replace(file)
    except OSError:
        Path(half).unlink()
        raise


def reachable(url: str, feedback: QgsFeedback) -> bool:
    """Whether something answers there; from a background thread."""
    request = QgsBlockingNetworkRequest()
    return request.head(QNetworkRequest(QUrl(url)), True, feedback) == QgsBlockingNetworkRequest.ErrorCode.NoError


def download(url: str, file: Path, sha256: str, feedback: QgsFeedback, heard: Callable[[int, int], None]) -> None:
    """Fetches a file of known content, through QGIS; from a background thread.

    Args:
        url: where it lies.
        file: where it goes; there is nothing or all of it.
        sha256: what it must be.
        feedback: cancels.
        heard: is told bytes that are here and bytes in all (0 or less as long as it is not known).

    Raises:
        Stopped: cancelled.
        BackendError: it cannot be had, or is something else.
    """
    request = QgsBlockingNetworkRequest()
    request.downloadProgress.connect(heard)
    code = request.get(QNetworkRequest(QUrl(url)), True, feedback)
    if feedback.isCanceled():
        raise Stopped
    if code != QgsBlockingNetworkRequest.ErrorCode.NoError:
        words = QCoreApplication.translate("Setup", "“{0}” cannot be fetched: {1}")
        hint = QCoreApplication.translate(
            "Setup", "Check the network and QGIS's proxy settings, or install from a folder of wheels."
        )
        raise BackendError("no-network", words.format(QUrl(url).host(), without_secrets(request.errorMessage())), hint)
    content = bytes(request.reply().content())
    if hashlib.sha256(content).hexdigest() != sha256:
        words = QCoreApplication.translate("Setup", "What “{}” sent is not the file that was asked for.")
        hint = QCoreApplication.translate("Setup", "A proxy may have put a page of its own in its place.")
        raise BackendError("not-trusted", words.format(QUrl(url).host()), hint)
    half = file.with_name(file.name + ".part")
    half.write_bytes(content)
    half.replace(file)


def without_secrets(words: str) -> str:
    """Text without the user name and password of any address in it."""
    return re.sub(r"(?<=://)[^/\s@]+@", "***@", words)
