"""Passwords and tokens of a layer's connection, taken out of it: placeholders stay, values travel apart."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote, unquote

from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsMapLayer
from qgis.PyQt.QtCore import QUrl, QUrlQuery

_USERINFO = re.compile(r"(?<=://)[^/?#@]*:[^/?#@]*(?=@)")
# `?key=…`, `&access_token=…`, `&X-Amz-Signature=…`: what services call what nobody else may see.
_TOKEN = re.compile(
    r"(?i)(?<=[?&])(?P<name>[^=&#]*(?:key|token|secret|signature|password|passwd|pwd|auth|\bsig)[^=&#]*)=(?P<value>[^&#]+)"
)

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>“”]+")
_LOGIN = re.compile(r"(?<=://)[^/?#]*@")

_LETTERS = 12  # of a digest: enough to tell a project's connections apart


class NotCarriedError(Exception):
    """GDAL cannot be given what this connection needs; the layer has to be read through QGIS."""


class Credentials:
    """Secrets of one layer; `secrets` fills as they are found.

    Their names come from what may be seen of the layer's connection: a copy of the layer has the same ones, and so has
    the layer when its project is opened again. Two layers that differ in nothing but a secret share a name: whoever
    hands over both tells them apart.

    Values that stand in an address are percent-encoded, others are as they are: the backend puts them in, and escapes
    them where the description is XML.
    """

    def __init__(self, layer: QgsMapLayer) -> None:
        self._name = f"layer_{hashlib.sha256(_seen(layer).encode()).hexdigest()[:_LETTERS]}"
        self.secrets: dict[str, str] = {}

    def in_address(self, address: str) -> str:
        """The address with placeholders for a login before the host and for tokens among the parameters."""
        address = _USERINFO.sub(lambda found: self._hidden(found.group()), address)
        return _TOKEN.sub(lambda found: f"{found.group('name')}={self._hidden(found.group('value'))}", address)

    def login(self, user: str, password: str, configuration: str) -> str:
        """Placeholder for “user:password”; empty where none is needed.

        Raises:
            NotCarriedError: the authentication configuration is of another kind than a login.
        """
        pair = self._pair(user, password, configuration)
        return self._hidden(":".join(pair)) if pair else ""

    def login_in_address(self, address: str, configuration: str) -> str:
        """The address with the login of the authentication configuration before its host. Raises NotCarriedError."""
        pair = self._pair("", "", configuration)
        if not pair:
            return address
        if "://" not in address:
            raise NotCarriedError
        scheme, rest = address.split("://", 1)
        return f"{scheme}://{self._hidden(':'.join(quote(part, safe='') for part in pair))}@{rest}"

    def take_all(self, layer: QgsMapLayer) -> None:
        """Finds the secrets of the whole connection, for `concealed`."""
        source = layer.source()
        if layer.providerType() not in ("wms", "wcs"):
            self.in_address(source)
            return
        for key, value in QUrlQuery(source).queryItems(QUrl.ComponentFormattingOption.FullyDecoded):
            if value and (key == "password" or key.startswith("http-header:")):
                self._hidden(value)
            else:
                self.in_address(value)

    def concealed(self, words: str) -> str:
        """What a server or a library said, without the secrets found so far and without what may be ones."""
        ways = {way for value in self.secrets.values() for way in (value, quote(value, safe=""), unquote(value))}
        for way in sorted(ways, key=len, reverse=True):
            words = words.replace(way, "…")
        return without_parameters(words)

    @staticmethod
    def _pair(user: str, password: str, configuration: str) -> tuple[str, str] | None:
        if not configuration:
            return (user, password) if user or password else None
        manager, found = QgsApplication.authManager(), QgsAuthMethodConfig()
        known, found = manager.loadAuthenticationConfig(configuration, found, True)
        if not known or found.method() != "Basic":
            raise NotCarriedError
        return found.config("username"), found.config("password")

    def _hidden(self, value: str) -> str:
        name = f"{self._name}_{len(self.secrets) + 1}"
        self.secrets[name] = value
        return f"{{secret:{name}}}"


def without_parameters(words: str) -> str:
    """`words` with every address in it cut to what anybody may see: no login, no parameters."""
    return _ADDRESS.sub(lambda found: _LOGIN.sub("", found.group()).split("?", 1)[0].split("#", 1)[0], words)


def _seen(layer: QgsMapLayer) -> str:
    """The layer's connection without passwords and tokens."""
    source = layer.source()
    if layer.providerType() not in ("wms", "wcs"):
        return _bare(source)
    pairs = QUrlQuery(source).queryItems(QUrl.ComponentFormattingOption.FullyDecoded)
    return repr([(key, _bare(value)) for key, value in pairs if key != "password"])


def _bare(address: str) -> str:
    return _TOKEN.sub(r"\g<name>=", _USERINFO.sub("", address))
