"""What all tests share: where the real data lies."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real labelled imagery kept beside the repository; not part of it."""
    if not SHARED.is_dir():
        pytest.skip("the shared imagery is not on this machine")
    return SHARED
