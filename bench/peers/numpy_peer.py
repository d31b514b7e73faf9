"""NumPy, in place: a matrix product (its BLAS, as installed) or SciPy's sparse rows, and ziggurat normals of SFC64."""

import numpy as np
from peer import serve


class Dense:
    """States [batch, units], a row each."""

    name = "dense matmul"

    def __init__(self, workload):
        self.kick, self.start = workload.kick, np.ascontiguousarray(workload.start.T)
        self.linear = workload.linear()
        self.quartic, self.push = workload.drift * workload.quartic, workload.drift * workload.bias
        self.random = np.random.Generator(np.random.SFC64(workload.seed))
        self.restart()

    def restart(self):
        self.x = self.start.copy()
        self.next, self.scratch = np.empty_like(self.x), np.empty_like(self.x)

    def product(self):
        return np.matmul(self.x, self.linear, out=self.next)

    def step(self):
        x, out, scratch = self.x, self.product(), self.scratch
        np.multiply(x, x, out=scratch)
        np.multiply(scratch, x, out=scratch)
        np.multiply(scratch, self.quartic, out=scratch)
        np.subtract(out, scratch, out=out)
        np.add(out, self.push, out=out)
        self.random.standard_normal(out=scratch, dtype=np.float32)
        np.multiply(scratch, self.kick, out=scratch)
        np.add(out, scratch, out=out)
        self.x, self.next = out, x

    def state(self):
        return self.x.T


class Columns(Dense):
    """States [units, batch], batch innermost."""

    name = "dense matmul, batch innermost"

    def __init__(self, workload):
        super().__init__(workload)
        self.start = workload.start
        self.quartic, self.push = self.quartic[:, None], self.push[:, None]
        self.restart()

    def product(self):
        return np.matmul(self.linear, self.x, out=self.next)

    def state(self):
        return self.x


class Sparse(Columns):
    """Compressed sparse rows."""

    def __init__(self, workload):
        super().__init__(workload)
        import scipy
        from scipy.sparse import csr_matrix

        self.name = f"SciPy {scipy.__version__} sparse rows"
        self.linear = csr_matrix(self.linear)

    def product(self):
        return self.linear @ self.x


class Library:
    """What training needs beyond arithmetic."""

    array = staticmethod(np.asarray)

    def __init__(self):
        self.random = np.random.Generator(np.random.SFC64(1))

    def normal(self, shape):
        return self.random.standard_normal(shape, dtype=np.float32)

    def rows(self, below, count):
        return self.random.integers(below, size=count)


def forms(workload):
    return [lambda kind=kind: kind(workload) for kind in (Dense, Columns, Sparse)[: 3 if workload.sparse else 2]]


def blas():
    """The library behind matmul; NumPy tells since 1.26."""
    try:
        found = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return f", {found['name']} {found['version']}"
    except (TypeError, KeyError):
        return ""


serve(f"NumPy {np.__version__}{blas()}", forms, Library())
