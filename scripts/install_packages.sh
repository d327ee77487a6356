#!/bin/bash
# Installs Debian packages that are not there yet: install_packages.sh NAME...
# Where that is not allowed it says what is missing and goes on; the caller decides what to do without.
set -u

missing=()
for package in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "Please install what your system calls: ${missing[*]} (only Debian's apt-get is known here)." >&2
    exit 0
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "Missing: ${missing[*]}. To install: sudo apt-get install ${missing[*]}" >&2
        exit 0
    fi
    as_root=(sudo -n)
fi
echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq </dev/null || true
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null ||
    echo "apt-get could not install: ${missing[*]}" >&2
