import { absent, formatNumber, formatWithError } from '../format.js'
import type { RecordedBias, RecordedRule } from './record.js'

/** Below this part of the oracle's gradient a difference is rounding. */
const rounding = 1e-12
/** Below this its error says nothing that matters. */
const slight = 1e-3

/** `5.3 ± 0.2 %`, or `< 0.4 %` where the bias is lost in the noise. */
export function biasCell(bias: RecordedBias): string {
  if ('below' in bias) return bias.below < rounding ? '0 (rounding)' : `< ${percent(bias.below)}`
  if (bias.value < slight) return percent(bias.value)
  return `${formatWithError(100 * bias.value, 100 * bias.standardError)} %`
}

/** A fraction in per cent. */
export function percent(value: number): string {
  return `${formatNumber(100 * value, 2)} %`
}

/** `1 force, 2 responses`: what one batch asks of a device. */
export function askedCell({ result }: RecordedRule): string {
  if (result === null) return absent
  const counts = [
    [result.cost.forces, 'force'],
    [result.cost.responses, 'response'],
    [result.cost.runs, 'free run'],
  ] as const
  return counts
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${formatNumber(count)} ${name}${count === 1 ? '' : 's'}`)
    .join(', ')
}
