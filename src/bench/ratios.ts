import type { BenchDocument, ContenderRecord } from './document.js'
import type { Section } from './sections.js'

/** How many times as fast one contender is as another in the same run: figures that hold on a machine, busy or not. */
export interface Ratio {
  readonly section: Section
  readonly what: string
  readonly value: number
}

/**
 * The pairs whose ratios are shown and checked: this package over each of the others; among its own engines only more threads
 * over fewer.
 */
export function comparedPairs(all: readonly ContenderRecord[]): [ContenderRecord, ContenderRecord][] {
  const isCompared = (own: ContenderRecord, other: ContenderRecord) =>
    other.role !== 'project' || (other.family === own.family && other.threads < own.threads)
  return all
    .filter(({ role }) => role === 'project')
    .flatMap((own) =>
      all.filter((other) => isCompared(own, other)).map((other): (typeof all)[number][] => [own, other]),
    )
    .map(([own, other]) => [own!, other!])
}

/** All ratios of a benchmark. */
export function ratiosOf(document: BenchDocument): Ratio[] {
  const { contenders, rates, formulas, flips, training, objectives = [], exchange = [], evaluation } = document
  const everyone = [...contenders, ...(formulas?.contenders ?? []), ...(flips?.contenders ?? [])]
  /** those of one table, each named by what it is of */
  const paired = (section: Section, of: string, results: readonly Compared[]) =>
    comparedPairs(everyone).flatMap(([own, other]): Ratio[] => {
      const value = results.find(({ contender }) => contender === own.name)?.timesOf?.[other.name]
      return value === undefined ? [] : [{ section, what: `${of}: ${own.name} / ${other.name}`, value }]
    })
  return [
    ...rates.flatMap(({ workload: { name }, results }) =>
      paired(name === 'all-to-all' ? 'dense' : 'sparse', name, results),
    ),
    ...(formulas?.rates ?? []).flatMap(({ workload, results }) => paired('formulas', workload.name, results)),
    ...(flips?.rates ?? []).flatMap(({ workload, results }) => paired('flips', workload.name, results)),
    ...paired('training', 'training', training?.results ?? []),
    ...objectives.flatMap(({ objective, workload, results }) =>
      results.flatMap((result): Ratio[] =>
        'notRun' in result || result.timesReference === null || result.contender === 'overdamped reference'
          ? []
          : [
              {
                section: 'objectives',
                what: `${objective}, ${workload.name}: ${result.contender} / overdamped reference`,
                value: result.timesReference,
              },
            ],
      ),
    ),
    ...exchange.flatMap(({ workload, moving, results }) =>
      results.flatMap((result): Ratio[] =>
        'notRun' in result
          ? []
          : [
              {
                section: 'exchange',
                what: `${workload.name}, ${moving ? 'moving' : 'still'}: ${result.contender}, with work and heat / without`,
                value: result.share,
              },
            ],
      ),
    ),
    ...(evaluation?.results ?? []).flatMap((result): Ratio[] =>
      'notRun' in result || result.contender !== 'overdamped'
        ? []
        : Object.entries(result.timesOf).map(([other, value]) => ({
            section: 'evaluation',
            what: `evaluation: overdamped / ${other}`,
            value,
          })),
    ),
  ]
}

/** A result as far as its ratios go; one that was not run has none. */
interface Compared {
  readonly contender: string
  readonly timesOf?: Readonly<Record<string, number>>
}
