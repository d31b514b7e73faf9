"""NumPy on potentials that are formulas (src/bench/formulas.ts), states [units, batch].

`plain`: as one writes it, float64 and a new array for each operation. `inplace`: float32, every array used again, SFC64's normals.
"""

import json
import sys

import numpy as np
from peer import serve


class Formula:
    """A workload file: what the formula is, sizes, steps, and parameters (one number for all units or pairs)."""

    def __init__(self, path):
        with open(path) as file:
            self.__dict__.update(json.load(file))
        self.start = np.array(self.start, np.float32).reshape(self.units, self.batch)


class Plain:
    name = "as written, float64"

    def __init__(self, workload):
        self.workload, self.kick = workload, workload.kick
        self.random = np.random.default_rng(workload.seed)
        self.restart()

    def restart(self):
        self.x = self.start()

    def start(self):
        return self.workload.start.astype(np.float64)

    def step(self):
        x = self.x
        self.x = x + self.workload.drift * self.force(x) + self.kick * self.random.standard_normal(x.shape)

    def state(self):
        return self.x


class PlainWashboard(Plain):
    """U = -bias x + ripple (1 - cos 2πx)."""

    def force(self, x):
        return self.workload.bias - 2 * np.pi * self.workload.ripple * np.sin(2 * np.pi * x)


class PlainRotors(Plain):
    """A ring: U = Σ_i stiffness x_i²/2 + rotor (1 - cos(x_i - x_(i+1)))."""

    def force(self, x):
        torque = self.workload.rotor * np.sin(x - np.roll(x, -1, axis=0))
        return np.roll(torque, 1, axis=0) - torque - self.workload.stiffness * x


class InPlace(Plain):
    name = "in place, float32"

    def __init__(self, workload):
        super().__init__(workload)
        self.random = np.random.Generator(np.random.SFC64(workload.seed))
        self.change, self.scratch = np.empty_like(self.x), np.empty_like(self.x)

    def start(self):
        return self.workload.start.copy()

    def step(self):
        self.move(self.x, self.change, self.scratch)
        self.random.standard_normal(out=self.scratch, dtype=np.float32)
        np.multiply(self.scratch, np.float32(self.kick), out=self.scratch)
        np.add(self.x, self.scratch, out=self.x)


class InPlaceWashboard(InPlace):
    def move(self, x, change, scratch):
        given = self.workload
        np.multiply(x, np.float32(2 * np.pi), out=change)
        np.sin(change, out=change)
        np.multiply(change, np.float32(-2 * np.pi * given.ripple * given.drift), out=change)
        np.add(change, np.float32(given.bias * given.drift), out=change)
        np.add(x, change, out=x)


class InPlaceRotors(InPlace):
    def move(self, x, change, scratch):
        given = self.workload
        np.subtract(x[:-1], x[1:], out=scratch[:-1])
        np.subtract(x[-1], x[0], out=scratch[-1])
        np.sin(scratch, out=scratch)
        np.multiply(scratch, np.float32(given.rotor * given.drift), out=scratch)
        np.multiply(x, np.float32(-given.stiffness * given.drift), out=change)
        np.subtract(change, scratch, out=change)
        np.add(change[1:], scratch[:-1], out=change[1:])
        np.add(change[0], scratch[-1], out=change[0])
        np.add(x, change, out=x)


kinds = {
    "plain": {"washboard": PlainWashboard, "rotors": PlainRotors},
    "inplace": {"washboard": InPlaceWashboard, "rotors": InPlaceRotors},
}[sys.argv[1]]


def forms(workload):
    return [lambda: kinds[workload.formula](workload)]


serve(f"NumPy {np.__version__}", forms, None, Formula)
