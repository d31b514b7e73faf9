import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { compileBounds } from '../../src/physics/formula/bounds.js'
import { functionArity } from '../../src/physics/formula/expression.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { parseFormula } from '../../src/physics/formula/parse.js'
import { compileScalar } from '../../src/physics/formula/scalar.js'

beforeAll(loadFormulas)

/** Formulas of every operation, in t and row. */
const { formula } = fc.letrec<{ formula: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom('t', 't', 'row', 'pi'),
    fc.double({ min: 0.01, max: 30, noNaN: true }).map((value) => value.toPrecision(3)),
  ),
  formula: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc
      .tuple(tie('formula'), fc.constantFrom('+', '-', '*', '/'), tie('formula'))
      .map(([a, o, b]) => `(${a} ${o} ${b})`),
    fc
      .tuple(tie('formula'), fc.constantFrom('2', '3', '(-1)', '(-2)', '0.5', '1.5', '7'))
      .map(([a, n]) => `(${a})^${n}`),
    fc.tuple(tie('formula'), tie('formula')).map(([a, b]) => `(${a})^(${b})`),
    fc
      .tuple(fc.constantFrom(...functionArity), tie('formula'), tie('formula'))
      .map(([[name, arity], a, b]) => (arity === 1 ? `${name}(${a})` : `${name}(${a}, ${b})`)),
    tie('formula').map((a) => `-(${a})`),
  ),
}))

test('bounds of a formula hold every value, and every slope of a chord, on an interval', () => {
  const times = fc.double({ min: -8, max: 8, noNaN: true })
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 })
  const widths = fc.constantFrom(10, 1, 1e-2, 1e-5, 0)
  let [values, chords] = [0, 0]
  fc.assert(
    fc.property(formula, times, widths, shares, (text, from, width, where) => {
      let parsed: ReturnType<typeof parseFormula>
      try {
        parsed = parseFormula(text, ['t', 'row'])
      } catch {
        return // a constant part without a value
      }
      const [to, row] = [from + width, 3]
      const boundsOf = compileBounds(parsed)
      const { value, slope } = boundsOf(from, to, row)
      const rounding = (t: number) => boundsOf(t, t, row).value.hi - boundsOf(t, t, row).value.lo
      const f = compileScalar(parsed)
      const at = [from, to, ...where.map((share) => Math.min(to, from + share * (to - from)))]
      const known = at.map((t) => [t, f(t, row)] as const).filter(([, y]) => Number.isFinite(y))
      for (const [t, y] of known) {
        values++
        if (!(value.lo <= y && y <= value.hi))
          throw new Error(`${text} is ${y} at ${t}, not in ${value.lo}, ${value.hi}`)
      }
      // A chord's slope is between those of its function where that is in one piece.
      if (known.length < at.length || !Number.isFinite(slope.lo) || !Number.isFinite(slope.hi)) return
      for (const [t, y] of known) {
        const [t0, y0] = known[0]!
        const steepness = (y - y0) / (t - t0)
        // What the function's own rounding may do to its two values.
        const slack = (rounding(t) + rounding(t0)) / Math.abs(t - t0) + 1e-12 * Math.abs(steepness)
        if (!Number.isFinite(steepness) || Math.abs(t - t0) < 1e-9) continue
        chords++
        if (!(slope.lo - slack <= steepness && steepness <= slope.hi + slack))
          throw new Error(`${text} has slope ${steepness} from ${t0} to ${t}, not in ${slope.lo}, ${slope.hi}`)
      }
    }),
    { numRuns: 5_000, seed: 1 },
  )
  expect(values).toBeGreaterThan(20_000)
  expect(chords).toBeGreaterThan(2_000)
})

test.each([
  ['1 + 2000*exp(-((t-5.21)/0.02)^2)', [0, 10], [1, 2001]],
  ['2*sin(2*pi*t)', [0, 10], [-2, 2]],
  ['1 - 0.9*min(1, t/0.01)', [0, 1], [0.1, 1]],
  ['abs(t - 3)', [2, 4], [0, 1]],
  ['sign(t - 3)', [2, 4], [-1, 1]],
])('bounds of %s are those of its image', (text, [from, to], [lo, hi]) => {
  const { value } = compileBounds(parseFormula(text, ['t']))(from!, to!)
  expect(value.lo).toBeCloseTo(lo!, 9)
  expect(value.hi).toBeCloseTo(hi!, 9)
})
