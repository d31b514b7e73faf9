import type { Expression } from './expression.js'
import type { Formula } from './parse.js'
import type { Partials } from './partials.js'
import { compileScalar } from './scalar.js'

/** A formula whose parts in the time alone are variables of their own, after its places, and these parts. */
export interface Hoisted {
  readonly formula: Pick<Partials, 'value' | 'slopes'>
  /** their values at time t, in the order of these variables; none where the time does not occur */
  readonly inputs: readonly ((t: number) => number)[]
}

/**
 * Takes what depends on the time alone out of a formula and its slopes: (x - 2*sin(t))^2 holds 2*sin(t), which is the same for all
 * trajectories of a step. It is computed once, in float64, wherever the rest is.
 *
 * Cost: O(nodes²) at worst.
 */
export function hoisted({ value, slopes }: Partials): Hoisted {
  const places = value.variables.slice(0, slopes.length)
  const parts: Expression[] = []
  const known = new Map<string, number>()
  const indexOf = (part: Expression): number => {
    const key = written(part)
    const index = known.get(key) ?? parts.push(part) - 1
    known.set(key, index)
    return places.length + index
  }
  const walk = (expression: Expression): Expression => {
    if (expression.kind === 'number') return expression
    if (dependsOn(expression, places.length) === 'time') return { kind: 'variable', index: indexOf(expression) }
    return expression.kind === 'variable' ? expression : { ...expression, args: expression.args.map(walk) }
  }
  const walked = [...slopes, value].map(({ text, expression }) => ({ text, expression: walk(expression) }))
  const variables = [...places, ...parts.map((_, n) => `t${n}`)]
  const formulas = walked.map((of): Formula => ({ ...of, variables }))
  return {
    formula: { value: formulas.at(-1)!, slopes: formulas.slice(0, -1) },
    inputs: parts.map((expression) => {
      const at = compileScalar({ text: '', variables: [...places, 't'], expression })
      const still = places.map(() => 0)
      return (t) => at(...still, t)
    }),
  }
}

/** What an expression depends on, `places` being the number of the variables before the time. Each node is looked at once. */
function dependsOn(expression: Expression, places: number): 'nothing' | 'time' | 'places' {
  if (expression.kind === 'number') return 'nothing'
  if (expression.kind === 'variable') return expression.index === places ? 'time' : 'places'
  const found = new Set(expression.args.map((arg) => dependsOn(arg, places)))
  return found.has('places') ? 'places' : found.has('time') ? 'time' : 'nothing'
}

/** An expression as a text, the columns left out. */
function written(expression: Expression): string {
  return JSON.stringify(expression, (name, value) => (name === 'column' ? undefined : value))
}
