#!/usr/bin/env bash
# The programs that the tests need and no lock file brings: three browsers, a screen that nobody sees for the one
# that cannot do without, fonts to look at Korean and emoji with, and the oldest Postgres that hosted projects have.
# As root on Debian they are installed; elsewhere what is missing is said in one sentence.
set -euo pipefail

missing=()
needs() { # needs PACKAGE TEST…: note the package where the test fails
   local package=$1
   shift
   "$@" >/dev/null 2>&1 || missing+=("$package")
}
has_firefox() { command -v firefox-esr || command -v firefox; }
has_font() { [[ -n $(fc-list | grep -i "$1") ]]; }

needs fontconfig command -v fc-list
needs chromium command -v chromium
needs firefox-esr has_firefox
needs webkit2gtk-driver command -v WebKitWebDriver
needs xvfb command -v Xvfb
needs fonts-noto-cjk has_font "NotoSansCJK"
needs fonts-noto-color-emoji has_font "NotoColorEmoji"

# Debian 12 has it; where it is missing the tests on 15 are skipped.
grep -qs "^VERSION_CODENAME=bookworm" /etc/os-release && needs postgresql-15 test -x /usr/lib/postgresql/15/bin/postgres

((${#missing[@]})) || exit 0
if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
   echo "Missing here: ${missing[*]}. Install these Debian packages and run this again." >&2
   exit 1
fi
echo "Installing ${missing[*]} …"
# Programs only: the package would make a cluster and start it otherwise.
if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
   mkdir -p /etc/postgresql-common
   echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
