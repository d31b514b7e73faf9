#!/bin/sh
#SBATCH --job-name=overdamped-thermodynamic-bill-merge
#SBATCH --cpus-per-task=1
#SBATCH --time=60
#SBATCH --signal=TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append

# Collects the shards when none is left to run, and names what is missing. Stopped with its state kept (exit code
# 75) it is queued again, and goes on there.
PATH=$PATH:$PWD/node_modules/.bin
srun --cpus-per-task="$SLURM_CPUS_PER_TASK" overdamped merge bill
code=$?
if [ "$code" -eq 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 50 ]; then
  scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
