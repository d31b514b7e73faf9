// How the cost of a simulation grows with its network: CPU seconds of a step of a trajectory (one thread, so that a busy machine tells
// little else), of building, and memory, each in a process of its own. `node bench/cost.mjs` after a build; JSON lines, then the fit
// seconds·(units + 2·couplings) of each backend, and how far its worst point is off.
import { execFileSync } from 'node:child_process'
import { constantProtocol, createNetwork, createPotential, simulate } from '../dist/index.js'

const seconds = () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6

/** CPU seconds of so many steps of 16 trajectories. */
async function timed(potential, theta, backend, steps) {
  const began = seconds()
  const protocol = constantProtocol(theta, steps * 0.001, 0.001)
  await simulate({ potential, protocol, trajectories: 16, bath: { kT: 1 } }, { backend, threads: 1 })
  return seconds() - began
}

async function measure(side, range, backend) {
  const before = seconds()
  const network = createNetwork({ visible: { lattice: [side, side] }, couplings: { visible: { range } } })
  const potential = createPotential(network, { onsite: ['stiffness', 'quartic'], pair: ['bilinear'] })
  const built = seconds() - before
  const theta = new Float64Array(potential.size)
  for (const { name, offset, size } of potential.groups)
    theta.fill(name === 'bilinear' ? -0.1 / side : 1, offset, offset + size)
  const { units, edges } = network
  const few = Math.max(4, Math.round(1e7 / (units + edges.count)))
  // What does not grow with the steps drops out of the difference.
  await timed(potential, theta, backend, few)
  const [short, long] = [await timed(potential, theta, backend, few), await timed(potential, theta, backend, 5 * few)]
  const each = (long - short) / (4 * few * 16)
  return { backend, range, units, edges: edges.count, built, each, rss: process.resourceUsage().maxRSS / 1024 }
}

/** The constant of least relative squares. */
function fitted(points) {
  const terms = points.map(({ units, edges, each }) => (units + 2 * edges) / each)
  const seconds = terms.reduce((sum, term) => sum + term, 0) / terms.reduce((sum, term) => sum + term * term, 0)
  return { seconds, largestMisfit: Math.max(...terms.map((term) => Math.abs(seconds * term - 1))) }
}

const [side, range, backend] = process.argv.slice(2)
if (side !== undefined) console.log(JSON.stringify(await measure(Number(side), range, backend)))
else {
  for (const name of ['native', 'wasm'])
    for (const [range, sides] of [
      ['nearest', [10, 32, 100, 316]],
      ['all', [10, 32, 50]],
    ]) {
      const points = sides.map((each) => {
        const line = execFileSync(process.execPath, [process.argv[1], String(each), range, name], { encoding: 'utf8' })
        process.stdout.write(line)
        return JSON.parse(line)
      })
      console.log(name, range, JSON.stringify(fitted(points)))
    }
}
