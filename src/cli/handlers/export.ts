import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { didYouMean, listed, OverdampedError, usageError } from '../../errors.js'
import { writeAtomic } from '../../experiment/files/atomic.js'
import { scheduleCsv, scheduleJson } from '../../experiment/files/schedule-file.js'
import { parseYaml } from '../../experiment/files/yaml.js'
import { files, readBytes } from '../../experiment/record/directory.js'
import { finishedManifest } from '../../experiment/record/trained.js'
import { scenarioOfSchedule } from '../../experiment/sampling/exported-scenario.js'
import {
  type ExportedSchedule,
  exportSchedule,
  type ScheduleLimits,
} from '../../experiment/sampling/exported-schedule.js'
import { generationOf } from '../../experiment/sampling/generate.js'
import { simulationProtocol } from '../../experiment/sampling/simulation.js'
import { defineScenario, effectiveScenario, loadScenario } from '../../experiment/scenario/load.js'
import { createProblem, type Problem } from '../../experiment/system/problem.js'
import { scheduledGroups } from '../../experiment/system/schedule-columns.js'
import { loadTrained } from '../../experiment/training/train-run.js'
import { type PhysicalScales, physicalScales } from '../../physics/protocol/scales.js'

/** Options of `overdamped export`. */
export interface ExportArguments {
  run: string
  out: string | undefined
  slew: string | undefined
  range: string | undefined
  units: string | undefined
  json: boolean
}

/** Does what `overdamped export` asks. */
export async function handle({ run, out, slew, range, units, json }: ExportArguments): Promise<void> {
  const device = units === undefined ? null : deviceOf(units)
  const path = (out ?? `${resolve(run)}-schedule`).replace(/\.(json|csv|yaml)$/, '')
  const [asJson, asCsv, asYaml] = ['json', 'csv', 'yaml'].map((ending) => `${path}.${ending}`) as [
    string,
    string,
    string,
  ]
  for (const file of [asJson, asCsv, asYaml])
    if (existsSync(file))
      throw new OverdampedError('E_OUTPUT_NOT_EMPTY', 'is there already. Name another with --out.', file)
  const { problem, protocol } = await drivenRun(run)
  const limits = { slew: limitsOf('--slew', slew, problem), range: limitsOf('--range', range, problem) }
  requireWritable(protocol.dt.length + 1, problem.generation.potential.size, run)
  const exported = exportSchedule(problem, protocol, limits, device)
  const scenario = scenarioOfSchedule(problem, resolve(asCsv), exported.duration, device)
  const { table, units: names, duration, terms } = exported
  const { edges, hiddenEdges } = problem.generation.potential.network
  const pairs = (from: ArrayLike<number>, to: ArrayLike<number>) => Array.from(from, (unit, n) => [unit, to[n]])
  const { drive, interpolation, slowdown, clock, duration: asked, slowest } = problem.scenario.sampling
  const more = {
    run: problem.scenario.name,
    ...(problem.given === undefined
      ? {
          drive,
          interpolation,
          ...(clock === undefined ? { slowdown } : { clock, duration: asked, slowest }),
          noiseTimes: [...protocol.clock],
        }
      : {}),
    ...{ duration, limits, terms },
    edges: pairs(edges.from, edges.to),
    hiddenEdges: pairs(hiddenEdges.visible, hiddenEdges.hidden),
  }
  const notes = { units: names, more }
  writeAtomic(asJson, scheduleJson(table, notes))
  writeAtomic(asCsv, scheduleCsv(table, notes))
  if (scenario !== null) writeAtomic(asYaml, effectiveScenario(await defineScenario(scenario)))
  const written = [asJson, asCsv, ...(scenario === null ? [] : [asYaml])]
  console.log(
    json ? JSON.stringify({ files: written, duration, limits, terms }, null, 2) : inText(exported, limits, written),
  )
}

/** Numbers that a file of text has room for, with some twenty characters each. */
const mostNumbers = 2 ** 28 / 20

/** @throws E_RUN_DIRECTORY for a schedule that no file of text holds, or is read back */
function requireWritable(rows: number, parameters: number, run: string): void {
  if (rows * parameters <= mostNumbers) return
  throw new OverdampedError(
    'E_RUN_DIRECTORY',
    `${rows.toLocaleString('en')} times of ${parameters.toLocaleString('en')} parameters are more than a file of text holds. Expected at most ${Math.floor(mostNumbers).toLocaleString('en')} numbers; parameters.safetensors has those at the knots.`,
    run,
  )
}

/** A finished run and the protocol that drove it: of generation by what it learned, or of its simulation. */
async function drivenRun(run: string) {
  finishedManifest(run)
  // It was read by nobody since the run wrote it.
  readBytes(run, files.scenario)
  const scenario = await loadScenario(join(run, files.scenario))
  if (scenario.objective !== undefined)
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      'an objective is a study of its own, which no protocol drives. Expected a simulation, or a run with the section learning.',
      run,
    )
  const problem = createProblem(scenario)
  if (problem.hardware !== undefined)
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      'it is of hardware that is not ideal, whose parameters are not those that a schedule would set. Expected a run without the section hardware; parameters.safetensors holds what was learned.',
      run,
    )
  const protocol =
    problem.given === undefined ? generationOf(problem, loadTrained(run, problem)) : simulationProtocol(problem)
  return { problem, protocol }
}

/** `5`, or `stiffness=5,bilinear=2`. @throws E_USAGE for what is no number above 0, or no term of the potential */
function limitsOf(option: string, text: string | undefined, { generation }: Problem): ScheduleLimits['slew'] {
  if (text === undefined) return {}
  if (!text.includes('=')) return { all: positiveIn(option, text) }
  const names = scheduledGroups(generation.potential).map(({ name }) => name)
  const limits = pairsIn(option, text)
  for (const name of Object.keys(limits))
    if (!names.includes(name))
      throw usageError(`the potential has ${listed(names)}.${didYouMean(name, names)}`, `${option} ${name}`)
  return limits
}

/** `kT=…,mobility=…,stiffness=…` or a YAML file with these keys. */
function deviceOf(text: string): PhysicalScales {
  const given = text.includes('=') ? pairsIn('--units', text) : fileOfUnits(text)
  for (const name of Object.keys(given))
    if (!physicalScales.some((scale) => scale === name))
      throw usageError(`expected ${listed([...physicalScales])}.${didYouMean(name, physicalScales)}`, `--units ${name}`)
  const [kT, mobility, stiffness] = physicalScales.map((name) => {
    if (given[name] === undefined) throw usageError(`lacks ${name}, in SI units.`, '--units')
    return positiveIn(`--units ${name}`, String(given[name]))
  }) as [number, number, number]
  return { kT, mobility, stiffness }
}

function fileOfUnits(path: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path) || !statSync(path).isFile())
    throw usageError('expected kT=…,mobility=…,stiffness=…, or a YAML file.', `--units ${path}`)
  const { value } = parseYaml(readFileSync(path, 'utf8'), path)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function pairsIn(option: string, text: string): Record<string, number> {
  const pairs = text.split(',').map((pair) => {
    const [name = '', ...values] = pair.split('=').map((part) => part.trim())
    return [name, positiveIn(`${option} ${name}`, values.join('='))] as const
  })
  const names = pairs.map(([name]) => name)
  const twice = names.find((name, n) => names.indexOf(name) !== n)
  if (twice !== undefined) throw usageError('stands twice. Give it once.', `${option} ${twice}`)
  return Object.fromEntries(pairs)
}

function positiveIn(option: string, text: string): number {
  const value = text === '' ? Number.NaN : Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw usageError(`expected a number above 0, got ${JSON.stringify(text)}.`, option)
}

const short = (value: number) => String(Number(value.toPrecision(3)))

/** What was written, and what the limits changed, a line a term. */
function inText(
  { table, terms, duration }: ExportedSchedule,
  limits: ScheduleLimits,
  written: readonly string[],
): string {
  const limit = (of: ScheduleLimits['slew'], name: string) => of[name] ?? of.all ?? null
  const lines = terms.map(({ name, fastest, largest, most, rms }) => {
    const [slew, range] = [limit(limits.slew, name), limit(limits.range, name)]
    return (
      `  ${name}: fastest ${short(fastest)}${slew === null ? '' : ` (limit ${slew})`}, largest ${short(largest)}` +
      `${range === null ? '' : ` (limit ${range})`}; deviates by ${short(most)} at most, ${short(rms)} rms`
    )
  })
  const head = `${table.rows} times over ${short(duration)}, ${table.columns.length - 1} parameters`
  const last = written.map((file) => basename(file)).some((name) => name.endsWith('.yaml'))
    ? []
    : ['No plain simulation has these label units, twins or given images: no scenario was written.']
  return [head, ...lines, ...last, ...written].join('\n')
}
