#!/bin/bash
# Makes .venv-plugin, the environment of the plugin's tests: QGIS's own Python with pytest beside it.
# Without QGIS's bindings it makes none, says so, and the plugin's tests are skipped.
set -eu

scripts/install_packages.sh qgis python3-qgis python3-venv xvfb xauth qttools5-dev-tools
if ! QT_QPA_PLATFORM=offscreen /usr/bin/python3 -c "import qgis.core" 2>/dev/null; then
    echo "QGIS's Python bindings are not on this machine: the plugin's tests will be skipped." >&2
    exit 0
fi
[ -e .venv-plugin/pyvenv.cfg ] || /usr/bin/python3 -m venv --system-site-packages .venv-plugin
.venv-plugin/bin/python -m pip install --quiet --requirement tests/plugin/requirements.txt
touch .venv-plugin/.ready
