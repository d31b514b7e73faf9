import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { decodeNpy } from '../../src/experiment/files/npy.js'
import { numpyPython } from '../numpy.js'
import { fileFolder } from '../run-folder.js'

const python = numpyPython()
const folder = fileFolder()
const cli = resolve('dist/cli/main.js')
symlinkSync(resolve('scenarios'), join(folder, 'scenarios'))
mkdirSync(join(folder, 'runs'))

/** Runs Python beside the module, and gives what it prints, as JSON. */
function told(script: string): unknown {
  const env = { ...process.env, PYTHONPATH: resolve('python'), OVERDAMPED: `"${process.execPath}" "${cli}"` }
  const { status, stdout, stderr } = spawnSync(python!, ['-c', script], { cwd: folder, env, encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return JSON.parse(stdout.trim().split('\n').at(-1)!)
}

const programs = [...readFileSync('docs/python.md', 'utf8').matchAll(/```python\n(.*?)```/gs)].map(([, text]) => text)

test.skipIf(python === null)('what docs/python.md says runs, and reads the bytes that the run wrote', () => {
  const found = told(`${programs.join('\n')}
import json
print(json.dumps([run["samples"].ravel().tolist(), run["parameters"]["knots"].tolist(), list(stiffer["samples"].shape)]))`)
  const { data, shape } = decodeNpy(readFileSync(join(folder, 'runs/moons/samples.npy')), 'samples.npy')
  const knots = expect.arrayContaining([expect.any(Number)])
  expect(found).toEqual([[...data].map(Number), knots, shape])
})

/** [kT/k, b/k]: with k and b alone at every knot the process ends in the equilibrium of U = k x²/2 - b x. */
const [k, b, trajectories] = [4, 2, 4000]

test.skipIf(python === null)(
  'parameters written back have their own equilibrium, and unchanged ones the same bits',
  () => {
    const [mean, variance, same] = told(`
from overdamped_run import *
import json
overdamped("run", ${JSON.stringify(resolve('test/fixtures/points.yaml'))}, "--set", "data.path=${resolve('test/fixtures/points.csv')}", "--out", "runs/points", "--quiet")
theta = read("runs/points")["parameters"]
theta["stiffness"][:] = ${k}  # in place
write_parameters("runs/points", "runs/other", stiffness=theta["stiffness"], bias=0 * theta["bias"] + ${b},
    quartic=0 * theta["quartic"], bilinear=0 * theta["bilinear"])
x = sample("runs/other", "runs/drawn", trajectories=${trajectories}, seed=3)["samples"]
write_parameters("runs/points", "runs/same")
pair = [sample(f"runs/{name}", f"runs/{name}-drawn", seed=5)["samples"].tobytes() for name in ("points", "same")]
print(json.dumps([x[:, 0].mean(), x[:, 0].var(), pair[0] == pair[1]], default=float))`) as [number, number, boolean]
    // 4 standard errors of as many draws; time steps of .023 and less add k dt/2, less than .05, to the variance.
    expect(Math.abs(mean - b / k)).toBeLessThan(4 * Math.sqrt(1 / k / trajectories))
    expect(Math.abs(variance - 1 / k)).toBeLessThan((4 * Math.sqrt(2 / trajectories)) / k + 0.05 / k)
    expect(same).toBe(true)
  },
)

test.skipIf(python === null)('a name or a shape that the run has not is refused with those it has', () => {
  const script = (value: string) => `
from overdamped_run import *
import json
try:
    write_parameters("runs/points", "runs/refused", ${value})
except ValueError as error:
    print(json.dumps(str(error)))`
  expect(told(script('stiffnes=1'))).toMatch(/^stiffnes \(\): expected one of .*'stiffness': \(5, 2\)/)
  expect(told(script('stiffness=[1, 2]'))).toMatch(/^stiffness \(2,\): expected/)
})
