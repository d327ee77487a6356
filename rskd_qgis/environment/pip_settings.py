"""What pip is configured to use on this machine, in uv's words: uv itself does not read pip's configuration."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from configparser import ConfigParser, Error
from pathlib import Path

_KEYS = ("index-url", "extra-index-url", "find-links", "cert")


def files(system: str = sys.platform, environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Where pip keeps its configuration, the strongest last."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "~").expanduser()
    if system == "win32":
        found = [
            Path(environ.get("PROGRAMDATA", "C:/ProgramData")) / "pip" / "pip.ini",
            home / "pip" / "pip.ini",
            Path(environ.get("APPDATA", home)) / "pip" / "pip.ini",
        ]
    else:
        config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
        found = [Path("/etc/pip.conf"), Path("/etc/xdg/pip/pip.conf")]
        if system == "darwin":
            found.append(Path("/Library/Application Support/pip/pip.conf"))
        found += [home / ".pip" / "pip.conf", config / "pip" / "pip.conf"]
        if system == "darwin":
            found.append(home / "Library" / "Application Support" / "pip" / "pip.conf")
    if given := environ.get("PIP_CONFIG_FILE"):
        found.append(Path(given))
    return found


def read(paths: list[Path], environ: Mapping[str, str]) -> dict[str, str]:
    """Pip's settings, several values separated by spaces; the environment wins over files."""
    settings: dict[str, str] = {}
    for path in paths:
        parser = ConfigParser(interpolation=None)
        try:
            parser.read(path, encoding="utf-8")
        except (Error, OSError, UnicodeDecodeError):
            continue  # pip itself will say what is wrong with it
        for section in ("global", "install"):
            for key in _KEYS:
                if parser.has_option(section, key):
                    settings[key] = " ".join(parser.get(section, key).split())
    for key in _KEYS:
        if value := environ.get("PIP_" + key.upper().replace("-", "_")):
            settings[key] = value
    return settings


def for_uv(settings: Mapping[str, str]) -> dict[str, str]:
    """The same as variables that uv reads."""
    variables = {
        "UV_DEFAULT_INDEX": settings.get("index-url", ""),
        "UV_FIND_LINKS": ",".join(settings.get("find-links", "").split()),
        "SSL_CERT_FILE": settings.get("cert", ""),
    }
    if extra := settings.get("extra-index-url"):
        # pip takes the best version over all indexes; uv would stop at the first that knows the name.
        variables.update({"UV_INDEX": extra, "UV_INDEX_STRATEGY": "unsafe-best-match"})
    return {name: value for name, value in variables.items() if value}
