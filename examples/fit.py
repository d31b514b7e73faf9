"""Fits stiffnesses to data with NumPy alone: parameters go to overdamped in a file, samples come back in one.

    python3 examples/fit.py [COMMAND [FOLDER]]      COMMAND such as "npx overdamped", FOLDER for the runs

Each round runs scenarios/fitting.yaml with the stiffnesses in theta.npy and multiplies them by the variance of its samples over that of
the data. Prints the largest |k/k_data - 1| after each.
"""

import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

command = shlex.split(sys.argv[1] if len(sys.argv) > 1 else "npx overdamped")
folder = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
truth = np.linspace(1, 4, 64)
data = np.random.default_rng(1).standard_normal((4000, 64)) / np.sqrt(truth)

theta = folder / "theta.npy"
k = np.full(64, 2.0)
for iteration in range(3):
    np.save(theta, k)
    run = folder / f"run-{iteration}"
    settings = {"protocol.parameters.stiffness.file": theta, "sampling.trajectories": 4000, "seed": iteration + 1}
    arguments = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    subprocess.run(
        [*command, "run", "scenarios/fitting.yaml", "--quiet", "--out", run, *arguments], check=True, stdout=subprocess.DEVNULL
    )
    # Euler–Maruyama's variance is larger by 1/(1 - k dt/2), which the data's is not.
    samples = np.load(run / "samples.npy")
    k *= samples.var(0) * (1 - k * 0.005 / 2) / data.var(0)
    print(f"{np.abs(k * data.var(0) - 1).max():.3f}")
