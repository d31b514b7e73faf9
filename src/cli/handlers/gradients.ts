import { join } from 'node:path'
import { writeGradientsPage } from '../../../viz/gradients.js'
import { packageVersion } from '../../backend/node/package-root.js'
import { exitCode, OverdampedError } from '../../errors.js'
import { isTemporaryOf } from '../../experiment/files/atomic.js'
import { namesIn } from '../../experiment/files/folder.js'
import type { Bias } from '../../experiment/gradients/gradient-rows.js'
import {
  type ComparedDrive,
  compareGradients,
  type GradientsDocument,
  type RuleResult,
} from '../../experiment/gradients/gradients.js'
import { claimed } from '../../experiment/record/claim.js'
import { writeJson } from '../../experiment/record/directory.js'
import { loadScenario } from '../../experiment/scenario/load.js'
import type { Scenario } from '../../experiment/scenario/schema.js'
import { inOutputDirectory } from './output-directory.js'
import { createProgress } from './progress.js'

/** Options of `overdamped gradients`. */
export interface GradientsArguments {
  scenario: string
  profile: string | undefined
  set: string[]
  out: string | undefined
  seed: number | undefined
  json: boolean
  quiet: boolean
  t: number | undefined
  batch: number | undefined
  parameters: string | undefined
}

/** Does what `overdamped gradients` asks. */
export async function handle(args: GradientsArguments): Promise<void> {
  const { scenario: file, profile, set, seed } = args
  const scenario = await loadScenario(file, { profile, set, seed })
  const name = [scenario.name, profile ?? [], 'gradients'].flat().join('-')
  const printed = await inOutputDirectory({ out: args.out, resume: false }, name, (directory) => {
    requireEmpty(directory)
    const work = async () => {
      requireEmpty(directory)
      return compareInto(directory, scenario, args)
    }
    return claimed(directory, lock, work, { onNote: createProgress(args.quiet).note, owns })
  })
  console.log(printed)
  process.exitCode = exitCode.done
}

const lock = 'gradients.lock'
const owns = (name: string) => /^gradients\.(json|html)$/.test(name)

/** Writes the comparison to a directory. @returns what to print of it */
async function compareInto(directory: string, scenario: Scenario, args: GradientsArguments): Promise<string> {
  const { t, batch, parameters } = args
  const progress = createProgress(args.quiet)
  const document = await compareGradients(scenario, {
    ...{ t, batch, parametersFrom: parameters },
    onProgress: progress.update,
  })
  progress.clear()
  writeJson(directory, 'gradients.json', { version: packageVersion(), ...document })
  const page = join(directory, 'gradients.html')
  writeGradientsPage(document, packageVersion(), page)
  return args.json ? JSON.stringify({ version: packageVersion(), ...document }, null, 2) : text(document, page)
}

function requireEmpty(directory: string): void {
  if (namesIn(directory).some((name) => !name.startsWith(lock) && !isTemporaryOf(owns, name)))
    throw new OverdampedError('E_OUTPUT_NOT_EMPTY', 'the directory is not empty. Name another with --out.', directory)
}

function text({ t, batch, batches, parameters, parameterCount, drives }: GradientsDocument, page: string): string {
  const at = parameters === 'start' ? 'start, perturbed' : parameters
  return [
    `t = ${Number(t.toPrecision(3))}; ${parameterCount} parameters (${at}); ${batches} batches of ${batch}`,
    ...drives.map(driveTable),
    ...drives
      .flatMap(({ scans }) => scans)
      .flatMap(({ rule, symbol, setting, curves }) => [
        `\n${rule} over ${symbol}: ${setting}`,
        ...curves.map(({ label, biasPower, variancePower }) => {
          const bias = biasPower === null ? 'bias lost in the noise' : `bias ∝ ${symbol}^${powered(biasPower)}`
          return `  ${label.padEnd(20)} ${bias}, variance ∝ ${symbol}^${powered(variancePower)}`
        }),
      ]),
    `\n${page}`,
  ].join('\n')
}

const powered = ({ value, standardError }: { value: number; standardError: number }) =>
  `${value.toFixed(2)} ± ${standardError.toFixed(2)}`

const head = ['', 'bias', 'noise', 'batches', 'cosine', 'forces', 'responses', 'runs', 'ms']

/** Bias and noise in per cent of the oracle's gradient; a rule that does not apply says why. */
function driveTable({ drive, oracle, rules }: ComparedDrive): string {
  const applied = rules.flatMap(({ name, result }) => (result === null ? [] : [[name, ...cells(result)]]))
  const rows = [head, ...applied]
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('   '),
  )
  const refused = rules.flatMap(({ name, refusal }) => (refusal === null ? [] : [`${name}: ${refusal}`]))
  const error = percent(oracle.standardError)
  return [`\n${drive} drive; oracle known to ${error} %`, ...lines.map(indented), ...refused.map(indented)].join('\n')
}

const indented = (line: string) => `  ${line}`

function cells({ bias, noise, batches, cosine, cost }: RuleResult): string[] {
  return [
    biasText(bias),
    `${percent(noise)} %`,
    batches.toFixed(1),
    cosine.value.toFixed(3),
    ...[cost.forces, cost.responses, cost.runs].map(String),
    (1000 * cost.seconds).toPrecision(2),
  ]
}

function biasText(bias: Bias): string {
  if ('below' in bias) return `< ${percent(bias.below)} %`
  return `${percent(bias.value)} ± ${percent(bias.standardError)} %`
}

/** Two significant digits of a hundredfold; what is below a ten-thousandth is rounding. */
function percent(value: number): string {
  return String(Number((100 * value).toPrecision(2)))
}
