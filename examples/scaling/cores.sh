#!/bin/sh
# The sweep of the other examples on one machine: two points at a time; then the same in two parts by hand, which `merge` collects.
#
#     sh examples/scaling/cores.sh [OUT [OPTION…]]
set -eu
overdamped=${OVERDAMPED:-npx overdamped}
out=${1:-runs/bill}
[ $# -eq 0 ] || shift

bill() {
  $overdamped sweep thermodynamic-bill --profile quick --over sampling.slowdown=1,2,4,8 --over seed=1,2,3,4,5,6 "$@"
}
bill --jobs 2 --out "$out" "$@"

bill --shard 1/2 --threads 1 --out "$out-in-parts" "$@" &
bill --shard 2/2 --threads 1 --out "$out-in-parts" "$@"
wait $!
$overdamped merge "$out-in-parts"
