#!/bin/sh
# A sweep by way of a queue: a Redis, two workers and the command that asks for the jobs, all on this machine.
#
#     sh examples/queue.sh [OUT]
#
# On several machines the Redis runs on one of them, and `overdamped worker` on as many as there are; each has the same
# OVERDAMPED_REDIS (or OVERDAMPED_REDIS_FILE). Needs redis-server, and beside overdamped: npm install bullmq@6 ioredis@6
set -eu
overdamped=${OVERDAMPED:-npx overdamped}
out=${1:-runs/queue-example}
port=${PORT:-7379}
folder=$(mktemp -d)

# Only from this machine, and with a password all the same. What it holds outlasts a restart.
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf 'bind 127.0.0.1\nport %s\nrequirepass %s\nappendonly yes\nmaxmemory-policy noeviction\ndir %s\n' \
  "$port" "$password" "$folder" > "$folder/redis.conf"
redis-server "$folder/redis.conf" > "$folder/redis.log" &
redis=$!
trap 'kill $redis 2> /dev/null || true; wait $redis 2> /dev/null || true; rm -rf "$folder"' EXIT
export OVERDAMPED_REDIS="redis://:$password@127.0.0.1:$port"
until REDISCLI_AUTH=$password redis-cli -p "$port" ping > /dev/null 2>&1; do sleep 0.1; done

# They end by themselves when the queue has been empty for a while.
$overdamped worker --threads 1 --drain --work "$folder/work" --quiet &
one=$!
$overdamped worker --threads 1 --drain --work "$folder/work" --quiet &
other=$!

$overdamped sweep double-well --profile quick --over bath.kT=0.5,1,2 --set protocol.duration=4 --set 'checks=[]' \
  --executor queue --out "$out" --quiet
wait $one $other
