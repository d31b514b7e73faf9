"""Runs of overdamped as NumPy arrays, and back. Commands are called as the environment's OVERDAMPED says, else by npx.

    run = read("runs/two-moons")                                      # all of the directory, by its files' names
    more = sample("runs/two-moons", "runs/more", trajectories=5000)   # what `overdamped sample` draws
    write_parameters("runs/two-moons", "runs/stiffer", stiffness=1.1 * run["parameters"]["stiffness"])
"""

import hashlib
import json
import os
import shlex
import subprocess
from pathlib import Path

import numpy as np

PARAMETERS, SCENARIO, MANIFEST = "parameters.safetensors", "scenario.yaml", "manifest.json"
DTYPES = {"F64": "<f8", "F32": "<f4", "I32": "<i4", "U8": "|u1"}


def read(directory):
    """A run directory: name -> array of a .npy, {name: array} of a .npz or .safetensors, what a .json holds."""
    readers = {".npy": np.load, ".npz": lambda path: dict(np.load(path)), ".safetensors": read_tensors}
    readers[".json"] = lambda path: json.loads(path.read_text("utf8"))
    return {path.stem: readers[path.suffix](path) for path in Path(directory).iterdir() if path.suffix in readers}


def overdamped(*arguments):
    """Calls the command line. Returns what it prints; RuntimeError with what it says where it fails."""
    command = shlex.split(os.environ.get("OVERDAMPED", "npx overdamped"))
    done = subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, encoding="utf8")
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip() or f"overdamped ended with {done.returncode}")
    return done.stdout


def sample(directory, out, **options):
    """Draws from the parameters of a run into `out`, and reads it; options are the command's, as clamp="label=1"."""
    named = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    overdamped("sample", directory, "--out", out, "--quiet", *named)
    return read(out)


def write_parameters(directory, out, **changed):
    """Makes a run `out` with the scenario of a trained one and other parameters, [knots, units or edges], "_" for "-"
    in names, for `sample` and `gradients --parameters`. ValueError for what is not of the run's names and shapes."""
    source, target = Path(directory), Path(out)
    tensors = read_tensors(source / PARAMETERS)
    for name, value in ((name.replace("_", "-"), np.asarray(value, "<f8")) for name, value in changed.items()):
        if name not in tensors or tensors[name].dtype != value.dtype or tensors[name].shape != value.shape:
            raise ValueError(f"{name} {value.shape}: expected one of { {n: t.shape for n, t in tensors.items()} }")
        tensors[name] = value
    target.mkdir(parents=True)
    (target / SCENARIO).write_bytes((source / SCENARIO).read_bytes())
    (target / PARAMETERS).write_bytes(tensor_bytes(tensors))
    hashes = {name: hashlib.sha256((target / name).read_bytes()).hexdigest() for name in (SCENARIO, PARAMETERS)}
    manifest = {k: v for k, v in json.loads((source / MANIFEST).read_text("utf8")).items() if k != "sha256"}
    manifest |= {"files": hashes, "parentRun": str(source), "command": "write_parameters of overdamped_run.py"}
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"  # It ends in the checksum of all before.
    seal = f',\n  "sha256": "{hashlib.sha256(text.encode()).hexdigest()}"\n}}\n'
    (target / MANIFEST).write_bytes((text.removesuffix("\n}\n") + seal).encode())


def read_tensors(path):
    """Name -> array of a safetensors file: the length of a JSON header, the header, the data."""
    data = bytearray(Path(path).read_bytes())  # so that arrays can be changed
    start = 8 + int.from_bytes(data[:8], "little")
    described = {name: part for name, part in json.loads(data[8:start]).items() if name != "__metadata__"}
    spans = {name: slice(*(start + offset for offset in part["data_offsets"])) for name, part in described.items()}
    return {n: np.frombuffer(data[spans[n]], DTYPES[p["dtype"]]).reshape(p["shape"]) for n, p in described.items()}


def tensor_bytes(tensors):
    """The bytes of a safetensors file of name -> array."""
    ends = np.cumsum([0] + [array.nbytes for array in tensors.values()]).tolist()
    names, parts = {dtype: name for name, dtype in DTYPES.items()}, enumerate(tensors.items())
    header = {n: {"dtype": names[a.dtype.str], "shape": a.shape, "data_offsets": ends[i:][:2]} for i, (n, a) in parts}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + b"".join(array.tobytes() for array in tensors.values())
