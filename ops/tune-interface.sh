#!/bin/sh
# usage: tune-interface.sh INTERFACE
# Sets an interface up for capturing, until it is set up anew: the largest receive ring, and no offload that joins packets
# into ones that were never on the wire. `lookback doctor --fix` runs it; it needs root and ethtool.
set -eu
[ $# -eq 1 ] || { echo "usage: $0 INTERFACE" >&2; exit 64; }
interface=$1
case $interface in *[!A-Za-z0-9._:@-]* | -* | "") echo "$0: no name of an interface: $interface" >&2; exit 64 ;; esac
command -v ethtool >/dev/null || { echo "$0: ethtool is not installed (apt-get install ethtool)" >&2; exit 69; }

# What an interface cannot do is left as it is; the checks tell afterwards.
for offload in gro lro tso gso rx-gro-hw; do
  ethtool -K "$interface" "$offload" off 2>/dev/null || true
done
most=$(ethtool -g "$interface" 2>/dev/null | awk '/Pre-set/ { most = 1 } /Current/ { most = 0 } most && $1 == "RX:" { print $2; exit }')
case $most in "" | *[!0-9]*) ;; *) ethtool -G "$interface" rx "$most" 2>/dev/null || true ;; esac
