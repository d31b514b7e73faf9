import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { playedRun } from '../../src/experiment/play/network-record.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import type { NetworkRecord } from '../../src/play/record.js'
import { writePlayPage } from '../../viz/play/page.js'

/** Two pictures of 6 by 6, a ring and a bar, each with a cell that says which of them it is. */
const pictures = Array.from({ length: 60 }, (_, n) => {
  const cells = Array.from({ length: 36 }, (_, cell) => {
    const [row, column] = [Math.floor(cell / 6), cell % 6]
    const isRing = Math.max(Math.abs(row - 2.5), Math.abs(column - 2.5)) === 1.5
    const isInk = (n % 2 === 0 ? isRing : column === 2) !== (cell === n)
    return isInk ? 0.9 : -0.9
  })
  return [n % 2 === 0 ? 'ring' : 'bar', ...cells].join(',')
})

/** The pictures with hidden oscillators and a label, learned badly and fast. */
const scenario = `name: ring-and-bar
about: A small network learns two pictures.
seed: 3
data: { source: array, path: PATH, header: false, classes: 0 }
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
  writeFileSync(join(folder, 'pictures.csv'), pictures.join('\n'))
  writeFileSync(join(folder, 'small.yaml'), scenario.replace('PATH', JSON.stringify(join(folder, 'pictures.csv'))))
  await run(await loadScenario(join(folder, 'small.yaml')), { directory, threads: 1 })
  const { record } = await playedRun(directory, { bits: 16, command: 'overdamped play run' })
  const file = join(folder, 'play.html')
  writePlayPage(record, file)
  return { record, file }
}
