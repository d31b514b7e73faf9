// A sweep: a trap that is made stiffer, further and further, a run for each end. Free energies from the works, against ½ ln(k₁/k₀).
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Results, type ScenarioInput, sweep, zScore } from 'overdamped'

// What a scenario file could hold; the name of such a file will do in its place.
const scenario: ScenarioInput = {
  name: 'stiffer-trap',
  network: { visible: { units: 1 } },
  potential: { onsite: ['stiffness'] },
  initial: { kind: 'equilibrium' },
  protocol: { duration: 1, dt: 0.01, parameters: { stiffness: '1 + t' } },
  sampling: { trajectories: 4000 },
}
const ends = [2, 4]
const directory = await mkdtemp(join(tmpdir(), 'overdamped-sweep-')) // each run has a folder in it, and sweep.csv all figures
const found: { value: number; standardError: number }[] = []
try {
  await sweep({
    scenario,
    axes: [{ path: 'protocol.parameters.stiffness', values: ends.map((end) => `1 + ${end - 1}*t`) }],
    directory,
    onResult(run, outcome) {
      if ('error' in outcome) throw outcome.error
      const results: Results = JSON.parse(readFileSync(join(run, 'results.json'), 'utf8'))
      found.push(results.freeEnergy?.jarzynski ?? { value: Number.NaN, standardError: 0 })
    },
  })
} finally {
  await rm(directory, { recursive: true })
}
for (const [n, end] of ends.entries()) {
  const { value, standardError } = found[n] ?? { value: Number.NaN, standardError: 0 }
  const truth = Math.log(end) / 2
  console.log(`stiffness 1 to ${end}: ΔF/kT = ${value} ± ${standardError}, exactly ${truth}`)
  if (!(Math.abs(zScore({ value, standardError }, truth)) < 4)) throw new Error('more than 4 standard errors off')
}
