import type { BenchDocument } from './document.js'
import { figure } from './format.js'
import { type Ratio, ratiosOf } from './ratios.js'
import { aligned } from './text.js'

/** A ratio may fall by this part before it counts as slower. */
const allowance = 0.1

/** The ratios of a run beside recorded ones. */
export interface BenchCheck {
  /** how many are on both sides */
  readonly compared: number
  /** those that fell by more than a tenth */
  readonly fallen: readonly { readonly what: string; readonly recorded: number; readonly now: number }[]
  /** those that are on one side alone, and why */
  readonly notCompared: readonly { readonly what: string; readonly why: 'not recorded' | 'not measured now' }[]
}

/** Compares the ratios of a run with recorded ones, in the parts that it measured. */
export function checkRatios(recorded: BenchDocument, now: BenchDocument): BenchCheck {
  const asked = ({ section }: Ratio) => now.options.sections.includes(section)
  const valuesOf = (document: BenchDocument) =>
    new Map(
      ratiosOf(document)
        .filter(asked)
        .map(({ what, value }) => [what, value]),
    )
  const [before, after] = [valuesOf(recorded), valuesOf(now)]
  const both = [...before].flatMap(([what, value]) => {
    const found = after.get(what)
    return found === undefined ? [] : [{ what, recorded: value, now: found }]
  })
  const only = (of: typeof before, other: typeof before) => [...of.keys()].filter((what) => !other.has(what))
  return {
    compared: both.length,
    // What is no number on either side has not held.
    fallen: both.filter((ratio) => !(ratio.now >= (1 - allowance) * ratio.recorded)),
    notCompared: [
      ...only(before, after).map((what) => ({ what, why: 'not measured now' as const })),
      ...only(after, before).map((what) => ({ what, why: 'not recorded' as const })),
    ],
  }
}

/** A check for the terminal. @param name - of the file with the recorded ratios */
export function checkText(
  { compared, fallen, notCompared }: BenchCheck,
  recorded: BenchDocument,
  name: string,
): string {
  const { machine, date } = recorded
  const rows = fallen.map(({ what, recorded, now }) => [what, figure(recorded), figure(now)])
  return [
    `${compared} ratios compared with ${name} (${date.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, Node ${machine.node})`,
    ...(rows.length === 0
      ? ['none fell by more than 10 %']
      : [`${rows.length} fell by more than 10 %:`, '', ...aligned([['', 'recorded', 'now'], ...rows])]),
    ...(notCompared.length === 0
      ? []
      : ['', 'not compared:', ...notCompared.map(({ what, why }) => `${what}: ${why}`)]),
  ].join('\n')
}
