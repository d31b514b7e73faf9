#!/bin/sh
# Submits the shards, and the merge behind them. What follows is for both: sh submit.sh --partition=long --account=mine --mem=4G
set -eu
cd -- "$(dirname -- "$0")"/..
shards=$(sbatch --parsable --output=bill-slurm/shard-%a.log "$@" bill-slurm/shards.sh)
merge=$(sbatch --parsable --dependency="afterany:${shards%%;*}" --output=bill-slurm/merge.log "$@" bill-slurm/merge.sh)
echo "shards: job ${shards%%;*}; merge: job ${merge%%;*}"
