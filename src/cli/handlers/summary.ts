import type { Results } from '../../experiment/run/results.js'
import { duration } from './progress.js'

/** Baths whose heat is said one by one, at most. */
const mostBaths = 6

/** The figures of a run as an aligned table for the terminal. */
export function summary(results: Results): string {
  const lines: string[] = []
  const metrics = Object.entries(results.metrics)
  if (results.objective !== undefined) lines.push(...armLines(results), '')
  else if (metrics.length > 0) {
    const withScore = metrics.some(([, { exactScore }]) => exactScore !== undefined)
    lines.push(
      ...table([
        ['metric', 'this run', 'floor (data)', 'harmonic control', ...(withScore ? ['exact score'] : [])],
        ...metrics.map(([name, { value, standardError, floor, control, exactScore }]) => [
          name,
          withError(value, standardError),
          number(floor),
          number(control),
          ...(withScore ? [number(exactScore)] : []),
        ]),
      ]),
      '',
    )
  }
  const { learning, checks, timings } = results
  if (learning !== undefined) {
    const oracle =
      learning.oracleHeldOutLoss === undefined
        ? ''
        : `, oracle ${number(learning.oracleHeldOutLoss)} (${percent(learning.gap ?? 0)})`
    lines.push(
      `loss, mean over slices   training ${number(learning.trainingLoss)}, held-out ${number(learning.heldOutLoss)}${oracle}`,
    )
  }
  const { baths = [], ...averages } = results.thermodynamics
  const energies = Object.entries(averages).map(
    ([name, { mean, standardError }]) =>
      `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${withError(mean, standardError)}`,
  )
  const each = results.objective === undefined ? 'per trajectory, in kT' : 'per walker, in kT'
  if (energies.length > 0) lines.push(`${each.padEnd(24)} ${energies.join(', ')}`)
  if (baths.length > 0 && baths.length <= mostBaths) {
    const shown = baths.map(({ kT, heat }) => `at ${number(kT)} ${withError(heat.mean, heat.standardError)}`)
    lines.push(`${'heat to the bath'.padEnd(24)} ${shown.join(', ')}`)
  }
  lines.push(...freeEnergyLines(results), ...firstPassageLines(results))
  if (checks.length > 0) {
    const failed = checks.filter(({ pass }) => pass === false)
    const untold = checks.filter(({ pass }) => pass === null)
    const passed = checks.length - failed.length - untold.length
    const others = untold.length === 0 ? '' : `, ${untold.length} not applicable`
    lines.push(`checks                   ${passed} passed, ${failed.length} failed${others}`)
    for (const { name, value, truth, tolerance } of failed)
      lines.push(`  failed: ${name}: ${number(value)}, expected ${number(truth)} within ${number(tolerance)}`)
    for (const { name, reason } of untold) lines.push(`  not applicable: ${name}: ${reason}`)
  }
  lines.push(
    `time                     ${duration(timings.total)} (training ${duration(timings.train)}, sampling ${duration(timings.sample)})`,
  )
  return lines.join('\n')
}

/** Leading figures of an objective's arms, FIGURE:ARM, a row an arm; one that is expected to fail is a control. */
function armLines({ objective, metrics }: Results): string[] {
  const arms = objective?.arms ?? []
  const figures = [...new Set(Object.keys(metrics).map((name) => name.split(':')[0]!))]
  const of = (figure: string, arm: string) => metrics[`${figure}:${arm}`]
  const floors = figures.map((figure) => arms.flatMap(({ name }) => of(figure, name)?.floor ?? [])[0])
  return table([
    ['arm', ...figures],
    ...arms.map(({ name, expected }) => [
      expected === 'fails' ? `${name} (control)` : name,
      ...figures.map((figure) => {
        const metric = of(figure, name)
        return metric === undefined ? '–' : withError(metric.value, metric.standardError)
      }),
    ]),
    ...(floors.some((floor) => floor !== undefined) ? [['floor (entropy of the data)', ...floors.map(number)]] : []),
  ])
}

function freeEnergyLines({ freeEnergy }: Results): string[] {
  if (freeEnergy === undefined) return []
  const { jarzynski, bennett, crooks, warning } = freeEnergy
  const estimates = [`Jarzynski ${withError(jarzynski.value, jarzynski.standardError)}`]
  if (bennett !== undefined) estimates.push(`Bennett ${withError(bennett.value, bennett.standardError)}`)
  if (crooks != null) estimates.push(`Crooks ${withError(crooks.freeEnergy.value, crooks.freeEnergy.standardError)}`)
  return [`free energy, in kT       ${estimates.join(', ')}`, ...(warning === null ? [] : [`  warning: ${warning}`])]
}

function firstPassageLines({ firstPassage }: Results): string[] {
  if (firstPassage === undefined) return []
  const { unit, to, runs, censored, mean, standardError, warning } = firstPassage
  const found = mean === null ? `${censored} of ${runs} runs ended first` : withError(mean, standardError)
  return [
    `first passage            x${unit} at ${to}: ${found}`,
    ...(warning === null ? [] : [`  warning: ${warning}`]),
  ]
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('   ')
      .trimEnd(),
  )
}

function withError(value: number, standardError: number | null): string {
  return `${number(value)} ± ${standardError !== null && Number.isFinite(standardError) ? number(standardError) : 'unknown'}`
}

/** Four significant digits or fewer; a dash for what was not measured. */
function number(value: number | null | undefined): string {
  if (value === undefined || value === null || Number.isNaN(value)) return '–'
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(1)
  return String(Number(value.toPrecision(Math.abs(value) < 0.1 ? 2 : 3)))
}

function percent(fraction: number): string {
  return `${fraction >= 0 ? '+' : ''}${(100 * fraction).toFixed(1)} %`
}
