import { join } from 'node:path'
import { type BackendName, run } from '../../../src/index.js'
import { writeReport } from '../../../viz/report.js'
import { done } from '../command-line.js'
import { shipped, threads, type Work } from './common.js'

/** Simulations with all that looks at them, on each backend. */
export const simulations = (['native', 'wasm', 'reference'] as const).map(
  (backend: BackendName): Work => ({
    name: `a simulation with observers, ${backend}`,
    async do({ folder, cycle, signal }) {
      const scenario = await shipped('coupled-oscillators', cycle, {
        'protocol.duration': 1,
        'sampling.trajectories': backend === 'reference' ? 8 : 256,
        observe: [
          ...['work', 'heat', 'entropy-production', 'virial', 'trajectories', 'energy', 'force', 'autocorrelation'],
          { name: 'spread', formula: `x^2 + ${cycle}/1000`, lags: [0, 0.1], histogram: { from: -2, to: 2 } },
        ],
      })
      await run(scenario, { directory: folder, backend, threads, signal })
      writeReport(folder)
    },
  }),
)

/** Formulas that no other cycle has. */
export const formulas: Work = {
  name: 'potentials from formulas',
  async do({ folder, cycle, signal }) {
    for (const backend of ['native', 'wasm', 'reference'] as const) {
      const scenario = await shipped('custom-potential', cycle, {
        'potential.onsite': [
          'bias',
          { name: 'sextic', formula: `x^6/${6 + cycle / 1000}`, min: 0 },
          { name: 'ripple', formula: `1 - cos(2*pi*x + ${cycle})` },
        ],
        'protocol.parameters.bias': `0.5*cos(t + ${cycle})`,
        'protocol.duration': 0.2,
        'sampling.trajectories': 130,
        checks: ['first-law'],
      })
      await run(scenario, { directory: join(folder, backend), backend, threads, signal })
    }
  },
}

/** Two runs against each other. */
export const relaxations: Work = {
  name: 'relaxations, both ways, and free energies',
  async do({ folder, cycle, signal }) {
    const runs = ['forward', 'reverse'].map((name) => join(folder, name))
    for (const [n, directory] of runs.entries()) {
      const scenario = await shipped('stiffness-ramp', cycle + n, {
        'potential.onsite': ['stiffness', 'quartic'],
        'protocol.parameters': { stiffness: '-1 + 3*t', quartic: 0.5 },
        'protocol.reversed': n === 1,
        initial: { kind: 'relax', from: [-1, 1], steps: 200 },
        'sampling.trajectories': 400,
        checks: ['first-law'],
      })
      await run(scenario, { directory, threads, signal })
    }
    await done('free-energy', ...runs, '--out', join(folder, 'free-energy'))
  },
}
