import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { playedRun } from '../../src/experiment/play/network-record.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import type { NetworkRecord } from '../../src/play/record.js'
import { writePlayPage } from '../../viz/play/page.js'

/** Digits of 6 by 6 with hidden oscillators and a label, learned badly and fast. */
const scenario = `name: small-digits
about: A small network learns two digits.
seed: 3
data: { source: mnist, digits: [0, 1], size: 6 }
network:
  visible: { lattice: [6, 6] }
  hidden: { units: 8, kind: bistable }
  label: { couplings: [visible, hidden] }
potential: { onsite: [stiffness, quartic, bias], pair: [bilinear] }
noising: { slices: 3, duration: 2, tMin: 0.05 }
learning: { rule: nudged-force-matching, iterations: 8, batch: 32 }
sampling: { trajectories: 20, denoise: true }
`

/** Trains the network in a folder and writes its page there. */
export async function playedPage(folder: string): Promise<{ record: NetworkRecord; file: string }> {
  const directory = join(folder, 'run')
  writeFileSync(join(folder, 'small.yaml'), scenario)
  await run(await loadScenario(join(folder, 'small.yaml')), { directory, threads: 1 })
  const { record } = await playedRun(directory, { bits: 16, command: 'overdamped play run' })
  const file = join(folder, 'play.html')
  writePlayPage(record, file)
  return { record, file }
}
