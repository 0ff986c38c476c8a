#!/usr/bin/env bash
# install.sh COMMAND…: runs a package manager, quietly while all is well. Without a network it says so in one sentence
# instead of what each of them makes of that; every other failure is shown as it was told.
set -uo pipefail

told=$("$@" 2>&1)
code=$?
if ((code == 0)); then
   exit 0
fi
unreachable='NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|MaxRetryError'
unreachable+='|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT'
if grep -qE "$unreachable" <<<"$told"; then
   echo "The packages cannot be fetched: their registry cannot be reached. Look at the network or the proxy and run this again." >&2
else
   echo "$told" >&2
fi
exit "$code"
