"""A report to send when something does not work: facts about the machine, no passwords, no user's name."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Sequence
from configparser import ConfigParser, Error
from pathlib import Path

from qgis.core import Qgis
from qgis.PyQt.QtCore import QT_VERSION_STR

from rskd_qgis import places
from rskd_qgis.bridge.errors import BackendError

from . import network
from .environment import Environment
from .probe import Report

_LAST = 60


def text(
    environment: Environment | None, report: Report | None, error: BackendError | None, lines: Sequence[str]
) -> str:
    """The report, as Markdown in English: it is for whoever mends the plugin.

    Args:
        environment: what is in use.
        report: the last probe.
        error: what went wrong last.
        lines: the log.
    """
    facts = {
        "System": f"{platform.platform()} ({platform.machine()})",
        "QGIS": f"{Qgis.QGIS_VERSION}, Qt {QT_VERSION_STR}, Python {platform.python_version()}",
        "RSKD": version(),
        "RSKD's folder": str(places.home()),
        "Environment": _of_environment(environment),
        **(_of_report(report) if report else {}),
        **({"Error": f"{error.code}: {error}"} if error else {}),
    }
    said = ["## RSKD diagnostics", "", *(f"* {name}: {fact}" for name, fact in facts.items())]
    if error and error.details:
        said += ["", "### Details", "```", error.details, "```"]
    said += ["", "### Log", "```", *lines[-_LAST:], "```", ""]
    return without_home(network.without_secrets("\n".join(said)), Path.home())


def without_home(words: str, home: Path) -> str:
    """Text with the user's folder shortened to `~`, however its slashes lean."""
    flags = re.IGNORECASE if sys.platform == "win32" else re.UNICODE
    for form in {str(home), home.as_posix(), str(home).replace("\\", "\\\\")}:
        if len(form) > 1:
            words = re.sub(re.escape(form) + r"(?=[/\\\s\"'”»),.:;]|$)", "~", words, flags=flags)
    return words


def version() -> str:
    """The plugin's version, from its metadata."""
    metadata = ConfigParser(interpolation=None)
    for place in (places.PLUGIN, places.PLUGIN.parent):  # installed; in the repository
        try:
            if metadata.read(place / "metadata.txt", encoding="utf-8"):
                return metadata.get("general", "version")
        except Error:
            break
    return "unknown"


def _of_environment(environment: Environment | None) -> str:
    if environment is None:
        return "none"
    return f"{environment.python} ({'made by RSKD' if environment.ours else 'chosen'})"


def _of_report(report: Report) -> dict[str, str]:
    facts = {"Its Python": report.version or report.trouble}
    for tier, state in report.tiers.items():
        if report.version:
            wanting = [
                *(f"{name} missing" for name in state.missing),
                *(f"{name} too old" for name in state.old),
                *(f"{module}: {why}" for module, why in state.broken),
            ]
            facts[f"Tier {tier}"] = "; ".join(wanting) or "whole"
    if report.cuda:
        facts["torch"] = f"CUDA {report.cuda}, graphics card {'usable' if report.gpu else 'not usable'}"
    return facts
