import { relaxationBound } from './curvature.js'
import type { Driven, Looks } from './driven.js'
import { baseStep, decisive, looks } from './looks.js'

/** What set the number of steps. */
export interface StepLimits {
  /** the landscape that whole steps resolve: how much it bends, when and where, and the term that bends most there */
  readonly landscape: {
    readonly curvature: number
    readonly t: number
    readonly x: number
    readonly term: string
    /** whether whole steps are as long as it lets them be, not shorter by the units' own rates */
    readonly decides: boolean
  }
  /** steps that follow the start down */
  readonly falls: number
  /** steps more that a schedule or the time in a formula asked for, the key of the one that asks for the shortest, and when */
  readonly cut: { readonly steps: number; readonly key: string; readonly t: number } | null
}

export function limitsOf(
  { potential, bath, duration }: Driven,
  looksAt: Looks,
  longest: number,
  cut: StepLimits['cut'],
  falls: number,
): StepLimits {
  const { curvature, narrow, theta } = looksAt
  const n = decisive(curvature)
  const { units } = potential.network
  const x = narrow[n]?.x ?? looksAt.x[n]!
  const alike = new Float64Array(units).fill(x)
  let most = { term: narrow[n]?.term ?? '', bend: narrow[n] === null ? 0 : Infinity }
  for (const term of potential.terms) {
    const bend = relaxationBound(potential, theta[n]!, alike, null, (one) => one === term)
    if (bend > most.bend) most = { term: term.name, bend }
  }
  const t = curvature.length === 1 ? 0 : (duration * n) / looks
  const decides = baseStep(curvature, bath.mobility) <= longest
  return { landscape: { curvature: curvature[n]!, t, x, term: most.term, decides }, falls, cut }
}

/** The key of a schedule; the temperature's is number -1. */
export function keyOf({ potential, scheduled }: Driven, cause: number): string {
  const group = potential.groups.findLast(({ offset }) => offset <= (scheduled[cause]?.parameter ?? -1))
  if (group?.clock === true)
    return `potential.${sectionOf(potential, termNameOf(group.name))}.${termNameOf(group.name)}`
  return group === undefined ? 'protocol.kT' : `protocol.parameters.${group.name}`
}

/** The term that a clock belongs to. */
function termNameOf(clock: string): string {
  return clock.slice(0, clock.lastIndexOf('.'))
}

/** Where a scenario lists a term. */
function sectionOf({ terms }: Driven['potential'], name: string): 'onsite' | 'pair' | 'force' {
  const term = terms.find((one) => one.name === name)
  if (term?.driving !== undefined) return 'force'
  return term?.support === 'unit' ? 'onsite' : 'pair'
}
