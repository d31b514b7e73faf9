// What the settings of settings.mjs, and the defaults, make of the five sets of examples/point-sets.mjs: a line of JSON for each, with
// the two-sample 1-NN accuracy of 2,000 samples beside 800 held-out points, and the seconds that learning took.
//
//     node bench/own-data/measure.mjs SEED FILE [SET …]        appends what FILE does not have yet; all sets when none is named
//     node bench/own-data/measure.mjs SEED FILE SET SETTING    one of them
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as od from 'overdamped'
import { laws, tableOf } from '../../examples/point-sets.mjs'
import { common, settings } from './settings.mjs'

/** A scenario's keys for a setting; those of the defaults are as few as a user writes. */
function keysOf(setting, path) {
  const { rate, hiddenRate, hidden, kind, tMin, slices, iterations, batch, ...others } = { ...common, ...setting }
  const {
    rule = 'force-matching',
    start,
    onsite = ['stiffness', 'bias'],
    interpolation = 'linear',
    temperature,
  } = others
  return {
    name: 'own-data',
    data: { source: 'array', path },
    network: { visible: { units: 2 }, hidden: { units: hidden, kind, ...(temperature && { temperature }) } },
    potential: { onsite, pair: ['bilinear'] },
    noising: { duration: 3, tMin, slices },
    learning: { rule, optimizer: { rate, hiddenRate }, iterations, batch, ...(start && { start }) },
    sampling: { interpolation },
  }
}

/** Learns and draws as a run does, without all that a run measures besides. */
async function fitted(keys, seed) {
  const scenario = await od.defineScenario({ ...keys, seed, observe: [], checks: [] })
  const { train: rows, heldOut } = od.loadArray(scenario.data, 2)
  const { learning, sampling, bath, noising: times } = scenario
  const network = od.createNetwork(scenario.network)
  const potential = od.createPotential(network, scenario.potential, bath.kT)
  const noising = od.createNoising(times, bath)
  const data = { train: rows, heldOut }
  const { temperature } = scenario.network.hidden
  const { backend } = await od.openBackend({ threads: 1 }, [
    { potential, rule: learning.rule, integrator: sampling.integrator },
  ])
  const began = performance.now()
  const hiddenTemperature = temperature === undefined ? undefined : () => temperature
  const state = od.createTrainingState(od.startParameters(potential, noising, seed, temperature))
  const lines = []
  await od.train({ potential, noising, drive: 'reverse', seed, data, hiddenTemperature }, learning, state, backend, {
    record: (line) => lines.push(line),
  })
  const seconds = (performance.now() - began) / 1000
  const protocol = od.generationProtocol(noising, state.finished, sampling)
  const start = od.gaussianStart(seed, 0, 1)
  const drawn = await backend.simulate(od.simulationOf({ potential, protocol, start, seed, bath, trajectories: 2000 }))
  await backend.close()
  const [t, theta] = [noising.knots.at(-1), state.finished.at(-1)]
  const { x, batch } = od.columnsOf(drawn.final)
  const force = new Float64Array(x.length)
  od.forceAndEnergy(potential, theta, x, batch, force, null)
  const [m, s] = [od.signal(noising, t), od.noiseWidth(noising, t)]
  const clean = od.rowsOf({ x: x.map((value, n) => (value + (s * s * (force[n] - value)) / 2) / m), batch })
  const { value, standardError } = od.oneNearestNeighbour(clean, heldOut, seed)
  return {
    value,
    standardError,
    floor: od.oneNearestNeighbour(rows, heldOut, seed).value,
    seconds,
    heldOutLoss: od.learningSummary(lines).heldOutLoss,
  }
}

const [seed, file, only, named] = process.argv.slice(2)
if (file === undefined) throw new Error('expected a seed and a file of results')
const done = existsSync(file)
  ? readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : []
const folder = mkdtempSync(join(tmpdir(), 'own-data-'))
try {
  for (const set of Object.keys(laws)) {
    if (only !== undefined && set !== only) continue
    const path = join(folder, `${set}.csv`)
    const table = tableOf(set, Number(seed)).trim().split('\n')
    writeFileSync(path, table.map((row) => row.split(',').slice(0, 2).join(',')).join('\n'))
    for (const [name, setting] of Object.entries(settings)) {
      if (named !== undefined && name !== named) continue
      if (done.some((line) => line.set === set && line.setting === name && line.seed === Number(seed))) continue
      const found = await fitted(keysOf(setting, path), Number(seed))
      appendFileSync(file, `${JSON.stringify({ set, seed: Number(seed), setting: name, ...found })}\n`)
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
