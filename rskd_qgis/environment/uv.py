"""uv, the fast installer: the one of this machine, else the pinned one from the Python Package Index."""

from __future__ import annotations

import platform
import re
import shutil
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from qgis.core import QgsFeedback
from qgis.PyQt.QtCore import QCoreApplication

from rskd_qgis import places
from rskd_qgis.bridge.errors import BackendError

from . import command, network, python, requirements

VERSION = "0.13.9"
OLDEST = "0.7"
"""The first that chooses torch's build as we ask it to."""
_FILES = "https://files.pythonhosted.org/packages"


@dataclass(frozen=True)
class Wheel:
    """A file of the index: what it is called, where it lies (a BLAKE2b digest), what it must be (SHA-256)."""

    tag: str
    place: str
    sha256: str

    @property
    def url(self) -> str:
        """Where to fetch it."""
        return f"{_FILES}/{self.place[:2]}/{self.place[2:4]}/{self.place[4:]}/uv-{VERSION}-py3-none-{self.tag}.whl"


# (system, machine, musl). Digests as `pip download uv==VERSION --platform TAG --no-deps` brings the files.
WHEELS = {
    ("linux", "x86_64", False): Wheel(
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "3daa26d64642d808de4a652579ef950d7cd2d37f080a8babf9c67c6b75fc4c3f",  # pragma: allowlist secret
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",  # pragma: allowlist secret
    ),
    ("linux", "aarch64", False): Wheel(
        "manylinux_2_28_aarch64",
        "fe2f51a5de367c602592c018a42a23d57fba5f2689fe6c3bf025dcf043b39c61",  # pragma: allowlist secret
        "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",  # pragma: allowlist secret
    ),
    ("linux", "x86_64", True): Wheel(
        "musllinux_1_1_x86_64",
        "fefe794884de0efd3ac77a427cab21aa72c0483e100c55a42cd5cbb02c141b84",  # pragma: allowlist secret
        "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",  # pragma: allowlist secret
    ),
    ("linux", "aarch64", True): Wheel(
        "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
        "571594b6cd62ac3ff6550288328e8035288875197cbc183f51554b266a69877b",  # pragma: allowlist secret
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",  # pragma: allowlist secret
    ),
    ("darwin", "x86_64", False): Wheel(
        "macosx_10_12_x86_64",
        "1edb08e9ef4879bd667e6d7b4705e594e5bd3e4585f10fc63cb16b9fa2fac63e",  # pragma: allowlist secret
        "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",  # pragma: allowlist secret
    ),
    ("darwin", "arm64", False): Wheel(
        "macosx_11_0_arm64",
        "f3a7a8d7b074798c7fb3b26b37584b8fe2e29df2ccdc24ce7902caab2a53edbf",  # pragma: allowlist secret
        "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",  # pragma: allowlist secret
    ),
    ("win32", "x86_64", False): Wheel(
        "win_amd64",
        "ddefceeabf3631117f7354787d9fb1ffe943899e59ed4b887a696ed547e47e76",  # pragma: allowlist secret
        "6a44b2ed8111d2f60d2b92627c5dccda3f7ed7570b18ce115e569cd68c28246b",  # pragma: allowlist secret
    ),
    ("win32", "arm64", False): Wheel(
        "win_arm64",
        "dad1d97a5db1f27e077e4d6329223f6b3f719c02c97e4092043f13e628558d05",  # pragma: allowlist secret
        "eeb92051c2123b9730c46b04cc843cfa4bc7d7b0aec56df431a2215ef4cb0273",  # pragma: allowlist secret
    ),
}


def wheel_for(system: str, machine: str, libc: str) -> Wheel | None:
    """The file for a machine, or None where there is none.

    Args:
        system: as `sys.platform`.
        machine: as `platform.machine()`.
        libc: as `platform.libc_ver()[0]`; empty on Linux means musl.
    """
    machine = {"amd64": "x86_64"}.get(machine.lower(), machine.lower())
    return WHEELS.get((system, machine, system == "linux" and libc != "glibc"))


def fetched() -> Path:
    """Where the pinned uv lies, or would lie."""
    return places.home() / "tools" / f"uv-{VERSION}" / ("uv.exe" if sys.platform == "win32" else "uv")


def at_hand(feedback: QgsFeedback) -> Path | None:
    """A uv that is here already and new enough: the user's own, else one that was fetched before."""
    of_user = shutil.which("uv")
    for place in ([Path(of_user)] if of_user else []) + [fetched()]:
        answer = command.output([str(place), "--version"], python.clean_environment(), feedback)
        said = re.match(r"uv ([0-9.]+)", answer)
        if said and requirements.release(said.group(1)) >= requirements.release(OLDEST):
            return place
    return None


def fetch(feedback: QgsFeedback, heard: Callable[[int, int], None]) -> Path | None:
    """Downloads the pinned uv; None where there is none for this machine.

    Args:
        feedback: cancels.
        heard: is told bytes that are here and bytes in all (0 as long as it is not known).

    Raises:
        Stopped: cancelled.
        BackendError: it cannot be fetched, or is not what it must be.
    """
    wheel = wheel_for(sys.platform, platform.machine(), platform.libc_ver()[0])
    if wheel is None:
        return None
    folder = fetched().parent
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / "uv.whl"
    network.download(wheel.url, archive, wheel.sha256, feedback, heard)
    unpack(archive, fetched())
    archive.unlink()
    return fetched()


def unpack(archive: Path, program: Path) -> None:
    """Takes the one program out of a wheel; nothing else of it is written.

    Raises:
        BackendError: an entry points outside the folder, or the program is not in it.
    """
    inside = f"uv-{VERSION}.data/scripts/{program.name}"
    try:
        with zipfile.ZipFile(archive) as wheel:
            if any(_escapes(name) for name in wheel.namelist()):
                raise KeyError(inside)
            content = wheel.read(inside)
    except (KeyError, zipfile.BadZipFile) as error:
        words = QCoreApplication.translate("Setup", "The download of uv is not a file that RSKD trusts.")
        raise BackendError("not-trusted", words) from error
    half = program.with_name(program.name + ".part")
    half.write_bytes(content)
    half.chmod(0o755)
    half.replace(program)


def _escapes(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name
