"""Tasks of physicists in plain NumPy (src/bench/tasks.ts): what one would write in place of a scenario of the same name.

Arguments: the task, trajectories, steps. Prints what it measured as JSON. Float64, one array operation after another.
"""

import json
import sys

import numpy as np

rng = np.random.default_rng(1)


def double_well_chain(n, steps, h=0.005):
    """A ring of 64 double wells with springs, cooled from kT = 3/2 to 1/2 within half the time: ⟨x²⟩, ⟨xx'⟩ and heat."""
    x = rng.standard_normal((n, 64)) * 0.5
    energy = lambda: (x**4 / 4 - x**2 / 2 + (x - np.roll(x, -1, 1)) ** 2 / 4).sum(1)
    before, squares, bonds, times = energy(), 0, 0, 0
    for step in range(1, steps + 1):
        kT = max(1.5 - 2 * step / steps, 0.5)
        force = x - x**3 - (2 * x - np.roll(x, 1, 1) - np.roll(x, -1, 1)) / 2
        x += h * force + np.sqrt(2 * h * kT) * rng.standard_normal(x.shape)
        if step > 0.75 * steps and step % 20 == 0:
            squares, bonds, times = squares + (x**2).mean(), bonds + (x * np.roll(x, -1, 1)).mean(), times + 1
    return {"square": squares / times, "bond": bonds / times, "heat": (before - energy()).mean()}


def moving_double_well(n, steps, h=0.004, barrier=2, speed=0.25):
    """A double well dragged there and back, from equilibrium: work of both directions and the free energy by Bennett's ratio."""
    grid = np.linspace(-3, 3, 2001)
    density = np.cumsum(np.exp(-barrier * (grid**2 - 1) ** 2))
    works = []
    for start, velocity in ((0, speed), (speed * h * steps, -speed)):
        x = start + np.interp(rng.random(n), density / density[-1], grid)
        energy = lambda centre: barrier * ((x - centre) ** 2 - 1) ** 2
        work, centre = np.zeros(n), start
        for step in range(1, steps + 1):
            before = energy(centre)
            centre = start + velocity * h * step
            work += energy(centre) - before
            d = x - centre
            x += h * -4 * barrier * d * (d**2 - 1) + np.sqrt(2 * h) * rng.standard_normal(n)
        works.append(work)
    low, high = -50.0, 50.0
    while high - low > 1e-9:
        free = (low + high) / 2
        excess = (1 / (1 + np.exp(works[0] - free))).sum() - (1 / (1 + np.exp(works[1] + free))).sum()
        low, high = (free, high) if excess < 0 else (low, free)
    return {"work": works[0].mean(), "back": works[1].mean(), "free": free}


def active_trap(n, steps, h=0.01, time=0.5, strength=1):
    """A particle in a trap that an Ornstein–Uhlenbeck force pushes: variance, work and heat per time."""
    x, eta = np.zeros(n), rng.standard_normal(n)
    work, heat = np.zeros(n), np.zeros(n)
    a, b = np.exp(-h / time), np.sqrt(1 - np.exp(-2 * h / time))
    for _ in range(steps):
        pushed, force = strength * eta, strength * eta - x
        moved = h * force + np.sqrt(2 * h) * rng.standard_normal(n)
        x += moved
        eta = a * eta + b * rng.standard_normal(n)
        work += (pushed + strength * eta) / 2 * moved
        heat += (force + strength * eta - x) / 2 * moved
    return {"variance": x.var(), "work": work.mean() / (h * steps), "heat": heat.mean() / (h * steps)}


def washboard(n, steps, h=0.005, kT=0.1, tilt=1):
    """Particles on a washboard at its critical tilt: drift and effective diffusion over the second half."""
    x = np.zeros(n)
    for step in range(steps):
        if step == steps // 2:
            middle = x.mean(), x.var()
        x += h * (tilt - np.sin(2 * np.pi * x)) + np.sqrt(2 * h * kT) * rng.standard_normal(n)
    T = h * (steps - steps // 2)
    return {"drift": (x.mean() - middle[0]) / T, "diffusion": (x.var() - middle[1]) / 2 / T}


def stochastic_resonance(n, steps, h=0.01, kT=0.15, strength=0.15, period=20):
    """A double well that is rocked: ⟨x⟩ and Var x on the way, and the response in and out of phase."""
    x, curve, phases = np.ones(n), [], []
    for step in range(1, steps + 1):
        force = x - x**3 + strength * np.cos(2 * np.pi * h * step / period)
        x += h * force + np.sqrt(2 * h * kT) * rng.standard_normal(n)
        if step % 20 == 0:
            mean, angle = x.mean(), 2 * np.pi * h * step / period
            curve.append((mean, x.var()))
            if h * step >= 40:
                phases.append((2 * mean * np.cos(angle), 2 * mean * np.sin(angle)))
    return {"mean": curve[-1][0], "variance": curve[-1][1], "phases": np.mean(phases, 0).tolist()}


def gyrator(n, steps, h=0.01, a=2, b=1, c=0.8, kT=(1, 2)):
    """Two coordinates in a tilted trap, each in its own bath: torque, heat to each bath, entropy production per time."""
    x, y = np.zeros(n), np.zeros(n)
    hot, cold, torque, times = np.zeros(n), np.zeros(n), 0, 0
    fx, fy = -a * x - c * y, -c * x - b * y
    for step in range(1, steps + 1):
        dx = h * fx + np.sqrt(2 * h * kT[0]) * rng.standard_normal(n)
        dy = h * fy + np.sqrt(2 * h * kT[1]) * rng.standard_normal(n)
        x, y, gx, gy = x + dx, y + dy, fx, fy
        fx, fy = -a * x - c * y, -c * x - b * y
        cold += (fx + gx) / 2 * dx
        hot += (fy + gy) / 2 * dy
        if step > steps / 2 and step % 50 == 0:
            torque, times = torque + (x * fy - y * fx).mean(), times + 1
    entropy = (cold / kT[0] + hot / kT[1]).mean()
    T = h * steps
    return {"torque": torque / times, "cold": cold.mean() / T, "hot": hot.mean() / T, "entropy": entropy / T}


def twisted_ring(n, steps, h=0.005, units=16, K=4, kT=0.05):
    """A ring of rotors that is twisted twice: mean squares of three modes of its fluctuations."""
    place = 2 * np.pi * np.arange(units) / units
    x = np.tile(2 * place, (n, 1))
    waves = np.sqrt(2 / units) * np.cos(np.outer(place, (1, 2, 4)))
    modes = []
    for step in range(1, steps + 1):
        pull = K * np.sin(np.roll(x, -1, 1) - x)
        pull[:, -1] = K * np.sin(x[:, 0] - x[:, -1])
        x += h * (pull - np.roll(pull, 1, 1)) + np.sqrt(2 * h * kT) * rng.standard_normal(x.shape)
        if step > steps / 2 and step % 20 == 0:
            modes.append(x @ waves)
    return {"modes": np.array(modes).reshape(-1, 3).var(0).tolist()}


def fitting(n, steps, h=0.005):
    """64 oscillators of stiffnesses from 1 to 4: their variances."""
    k = np.linspace(1, 4, 64)
    x = rng.standard_normal((n, 64)) / np.sqrt(k)
    for _ in range(steps):
        x += -h * k * x + np.sqrt(2 * h) * rng.standard_normal(x.shape)
    return {"variance": x.var(0).tolist()}


tasks = {task.__name__.replace("_", "-"): task for task in
         (double_well_chain, moving_double_well, active_trap, washboard, stochastic_resonance, gyrator, twisted_ring, fitting)}
if __name__ == "__main__":
    name, trajectories, steps = sys.argv[1:]
    print(json.dumps(tasks[name](int(trajectories), int(steps))))
