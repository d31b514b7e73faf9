#!/bin/sh
#SBATCH --job-name=overdamped-thermodynamic-bill
#SBATCH --array=1-8
#SBATCH --cpus-per-task=1
#SBATCH --time=60
#SBATCH --signal=TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append

# One task is one shard of 8. It stops 5 minutes before its time is over. Stopped with its state kept (exit code
# 75) it is queued again, and goes on there.
export OVERDAMPED_SHARDS=8
PATH=$PATH:$PWD/node_modules/.bin
srun --cpus-per-task="$SLURM_CPUS_PER_TASK" overdamped sweep thermodynamic-bill --profile quick --over 'sampling.slowdown=1,2,4,8' --over 'seed=1,2,3,4,5,6' --threads 1 --shard auto --out bill --max-time 55m
code=$?
if [ "$code" -eq 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 50 ]; then
  scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
