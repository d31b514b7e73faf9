import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { differentiate } from '../../src/physics/formula/derivative.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { parseFormula } from '../../src/physics/formula/parse.js'
import { compileRows } from '../../src/physics/formula/rows.js'
import { compileScalar } from '../../src/physics/formula/scalar.js'
import { createNetwork, type Network } from '../../src/physics/network/network.js'
import { formulaOnsite, formulaPair } from '../../src/physics/potential/formula-term.js'
import { bias, cubic, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear, pairQuartic } from '../../src/physics/potential/pair.js'
import { forceAndEnergy, hessian, potentialOf } from '../../src/physics/potential/potential.js'
import type { Term, TermOn } from '../../src/physics/potential/term.js'
import { lattice, normals } from '../systems.js'

await loadFormulas()

/** Largest difference, relative to the largest entry. */
function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0
  let scale = 1e-300
  for (let n = 0; n < b.length; n++) {
    worst = Math.max(worst, Math.abs(a[n]! - b[n]!))
    scale = Math.max(scale, Math.abs(b[n]!))
  }
  // A NaN loses every comparison, so it would count as agreement.
  return Array.from(a).every(Number.isFinite) ? worst / scale : Number.NaN
}

/** Everything a term computes, for random parameters, states and directions: [what, values]. */
function everything(network: Network, termOn: TermOn, theta: Float64Array, batch: number): [string, Float64Array][] {
  const { units } = network
  const term: Term = termOn(network)
  const x = normals(units * batch, 21)
  const r = normals(units * batch, 22)
  const of = (length: number, fill: (out: Float64Array) => void) => {
    const out = new Float64Array(length)
    fill(out)
    return out
  }
  return [
    ['force', of(x.length, (out) => term.addForceAndEnergy(theta, x, batch, out, null))],
    ['energy', of(batch, (out) => term.addForceAndEnergy(theta, x, batch, null, out))],
    ['statistic', of(term.size, (out) => term.addStatistic(theta, x, batch, out))],
    ['directional', of(term.size, (out) => term.addDirectional(theta, x, r, batch, out))],
    ['squared gradient', of(term.size, (out) => term.addSquaredGradient(theta, x, batch, out))],
    ['Laplacian', of(term.size, (out) => term.addLaplacian(theta, x, batch, out))],
    ['Hessian', of(units ** 2, (out) => term.addHessian(theta, x, out))],
  ]
}

const networks = {
  'dense lattice': lattice(3, 4, 'all'),
  'sparse lattice': lattice(4, 4, 1),
  'edge list': createNetwork({
    visible: { units: 4 },
    couplings: {
      visible: {
        edges: [
          [3, 0],
          [1, 2],
          [0, 1],
        ],
      },
    },
  }),
}

describe.each(Object.entries(networks))('on a %s', (_, network) => {
  test.each([
    ['stiffness', stiffness, 'x^2/2'],
    ['cubic', cubic, 'x^3/3'],
    ['quartic', quartic, 'x^4/4'],
    ['quartic, written out', quartic, '0.25*x*x*x*x'],
    ['bias', bias, '-x'],
  ])('%s as a formula gives the same forces, energies and gradients to 1e-12', async (name, builtIn, formula) => {
    const theta = normals(network.units, 23)
    const own = everything(network, builtIn, theta, 300)
    const other = everything(network, await formulaOnsite({ name, formula }), theta, 300)
    own.forEach(([what, values], n) => {
      expect(relative(other[n]![1], values), what).toBeLessThan(1e-12)
    })
  })

  test.each([
    ['bilinear', bilinear, 'x*y'],
    ['pair-quartic', pairQuartic, 'x^2*y^2'],
    ['pair-quartic, written otherwise', pairQuartic, '(x*y)^2'],
  ])('%s as a formula gives the same forces, energies and gradients to 1e-12', async (name, builtIn, formula) => {
    const theta = normals(network.edges.count, 24)
    const own = everything(network, builtIn, theta, 300)
    const other = everything(network, await formulaPair({ name, formula }), theta, 300)
    own.forEach(([what, values], n) => {
      expect(relative(other[n]![1], values), what).toBeLessThan(1e-12)
    })
  })

  test('springs (x-y)^2/2 are stiffnesses and bilinear couplings: same force, energy and Hessian to 1e-12', async () => {
    const { units, edges } = network
    const springs = potentialOf(network, [await formulaPair({ name: 'spring', formula: '(x-y)^2/2' })])
    const plain = potentialOf(network, [stiffness, bilinear])
    const theta = normals(edges.count, 25)
    const parameters = new Float64Array(plain.size)
    for (let e = 0; e < edges.count; e++) {
      parameters[edges.a[e]!]! += theta[e]!
      parameters[edges.b[e]!]! += theta[e]!
      parameters[units + e] = -theta[e]!
    }
    const batch = 65
    const x = normals(units * batch, 26)
    const force = [new Float64Array(x.length), new Float64Array(x.length)] as const
    const energy = [new Float64Array(batch), new Float64Array(batch)] as const
    forceAndEnergy(springs, theta, x, batch, force[0], energy[0])
    forceAndEnergy(plain, parameters, x, batch, force[1], energy[1])
    expect(relative(force[0], force[1])).toBeLessThan(1e-12)
    expect(relative(energy[0], energy[1])).toBeLessThan(1e-12)
    expect(relative(hessian(springs, theta, x), hessian(plain, parameters, x))).toBeLessThan(1e-12)
    expect(springs.terms[0]!.harmonic).toBe(true)
  })
})

describe('the order of a pair', () => {
  const joined = (edges: [number, number][]) =>
    createNetwork({ visible: { units: 4 }, couplings: { visible: { edges } } })
  const straight = joined([
    [0, 3],
    [1, 2],
    [0, 1],
  ])
  const turned = joined([
    [3, 0],
    [1, 2],
    [1, 0],
  ])
  const theta = normals(3, 27)

  test('says which unit of an edge is x and which is y: [1, 0] is [0, 1] with x and y exchanged', async () => {
    for (const [formula, exchanged] of [
      ['x*y^2', 'x^2*y'],
      ['sin(x)*exp(-y^2)', 'exp(-x^2)*sin(y)'],
      ['x^3 - x*y', 'y^3 - x*y'],
    ] as const) {
      const [own, other] = await Promise.all(
        [formula, exchanged].map((text) => formulaPair({ name: 'p', formula: text })),
      )
      for (const edge of [0, 2]) {
        const alone = theta.map((value, e) => (e === edge ? value : 0))
        const a = everything(turned, own!, alone, 70)
        const b = everything(straight, other!, alone, 70)
        a.forEach(([what, values], n) => {
          const others = b[n]![1]
          // Statistics are of every edge, whatever its parameter.
          const ofEdge = values.length === 3 ? [values[edge]!, others[edge]!] : null
          if (ofEdge === null) expect(relative(values, others), what).toBeLessThan(1e-13)
          else expect(ofEdge[0], what).toBeCloseTo(ofEdge[1]!, 10)
        })
      }
    }
  })

  test('of x y² is a force -y² on the first unit and -2 x y on the second', async () => {
    const potential = potentialOf(joined([[2, 1]]), [await formulaPair({ name: 'p', formula: 'x*y^2' })])
    const force = new Float64Array(4)
    forceAndEnergy(potential, Float64Array.of(1), Float64Array.of(7, 3, 5, 11), 1, force, null)
    expect([...force]).toEqual([0, -30, -9, 0].map((value) => value + 0))
  })

  test('changes nothing of a symmetric term, to the bit', () => {
    for (const term of [bilinear, pairQuartic])
      expect(everything(turned, term, theta, 70)).toEqual(everything(straight, term, theta, 70))
  })
})

/** Every function that a potential may hold, with arguments inside its domain for |x|, |y| < 5. */
const everyFunction = [
  'sin(x)',
  'cos(x - y)',
  'tan(x/4 + y/10)',
  'asin(x/9)*y',
  'acos((x - y)/20)',
  'atan(2*x - y)',
  'sinh(x/3)',
  'cosh(x/2 - y/3)',
  'tanh(x*y)',
  'exp(-x^2/4 + y/5)',
  'log(9 + x - y)',
  'sqrt(9 + x + y^2)',
  '(x^2 + 1)^(y/5)',
  '2^(x - y)',
  '(x + 7)^2.5',
  '(x + 9)^-2/(y^2 + 1)',
  '-x^3 + pi*y^2 - e*x*y',
  'x^5*y^7 - x/(2 + cos(y))',
]

/** Central differences with h = 1e-5: truncation h² f'''/6 and rounding 1e-16 f/h, both near 1e-10 of these sizes. */
const h = 1e-5
const differenceLimit = 1e-6

test.each(everyFunction)('%s: derivatives of first and second order agree with central differences', (text) => {
  const formula = parseFormula(text, ['x', 'y'])
  const f = compileScalar(formula)
  const points = normals(40, 27)
  for (const variable of ['x', 'y'] as const) {
    const slope = differentiate(formula, variable)
    const along = (g: (...values: number[]) => number, x: number, y: number) =>
      variable === 'x' ? (g(x + h, y) - g(x - h, y)) / (2 * h) : (g(x, y + h) - g(x, y - h)) / (2 * h)
    const first = compileScalar(slope)
    const second = compileScalar(differentiate(slope, variable))
    for (let n = 0; n + 1 < points.length; n += 2) {
      const [x, y] = [points[n]!, points[n + 1]!]
      const scale = 1 + Math.abs(f(x, y)) + Math.abs(first(x, y)) + Math.abs(second(x, y))
      expect(Math.abs(first(x, y) - along(f, x, y))).toBeLessThan(differenceLimit * scale)
      expect(Math.abs(second(x, y) - along(first, x, y))).toBeLessThan(differenceLimit * scale)
    }
  }
})

test('a pair formula that is not symmetric: its force and Hessian agree with central differences', async () => {
  const network = networks['edge list']
  const formula = everyFunction.map((part) => `(${part})`).join(' + ')
  const potential = potentialOf(network, [await formulaPair({ name: 'everything', formula })])
  const theta = normals(potential.size, 28)
  const x = normals(network.units, 29)
  const energyAt = (state: Float64Array) => {
    const out = new Float64Array(1)
    forceAndEnergy(potential, theta, state, 1, null, out)
    return out[0]!
  }
  const forceAt = (state: Float64Array) => {
    const out = new Float64Array(network.units)
    forceAndEnergy(potential, theta, state, 1, out, null)
    return out
  }
  const moved = (at: number, by: number) => x.map((value, n) => (n === at ? value + by : value))
  const matrix = hessian(potential, theta, x)
  const slopes = x.map((_v, i) => (energyAt(moved(i, -h)) - energyAt(moved(i, h))) / (2 * h))
  expect(relative(forceAt(x), slopes)).toBeLessThan(differenceLimit)
  for (let j = 0; j < network.units; j++) {
    const [above, below] = [forceAt(moved(j, h)), forceAt(moved(j, -h))]
    const column = x.map((_v, i) => (below[i]! - above[i]!) / (2 * h))
    expect(
      relative(
        x.map((_v, i) => matrix[i * network.units + j]!),
        column,
      ),
    ).toBeLessThan(differenceLimit)
  }
})

interface Sample {
  readonly text: string
  /** how tightly its outermost operator binds: 1 sum, 2 product, 3 sign, 4 power, 5 closed */
  readonly binds: number
  readonly value: (x: number, y: number) => number
}

const closed = ({ text, binds }: Sample, atLeast: number) => (binds >= atLeast ? text : `(${text})`)

/** Random formulas with as few parentheses as the rules of precedence allow, and what they mean. */
const { sample } = fc.letrec<{ sample: Sample }>((tie) => {
  const binary = fc
    .tuple(fc.constantFrom('+', '-', '*', '/', '^'), tie('sample'), tie('sample'))
    .map(([op, a, b]): Sample => {
      if (op === '+')
        return { text: `${closed(a, 1)} + ${closed(b, 2)}`, binds: 1, value: (x, y) => a.value(x, y) + b.value(x, y) }
      if (op === '-')
        return { text: `${closed(a, 1)}-${closed(b, 2)}`, binds: 1, value: (x, y) => a.value(x, y) - b.value(x, y) }
      if (op === '*')
        return { text: `${closed(a, 2)}*${closed(b, 3)}`, binds: 2, value: (x, y) => a.value(x, y) * b.value(x, y) }
      if (op === '/')
        return { text: `${closed(a, 2)} /${closed(b, 3)}`, binds: 2, value: (x, y) => a.value(x, y) / b.value(x, y) }
      return { text: `${closed(a, 5)}^${closed(b, 3)}`, binds: 4, value: (x, y) => a.value(x, y) ** b.value(x, y) }
    })
  return {
    sample: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<Sample>(
        { text: 'x', binds: 5, value: (x) => x },
        { text: 'y', binds: 5, value: (_x, y) => y },
        { text: 'pi', binds: 5, value: () => Math.PI },
        { text: 'e', binds: 5, value: () => Math.E },
      ),
      fc
        .constantFrom('2', '3', '.5', '1.25', '7e-1')
        .map((text): Sample => ({ text, binds: 5, value: () => Number(text) })),
      binary,
      tie('sample').map((a): Sample => ({ text: `-${closed(a, 3)}`, binds: 3, value: (x, y) => -a.value(x, y) })),
      fc.tuple(fc.constantFrom('sin', 'exp', 'atan', 'abs', 'sign'), tie('sample')).map(
        ([name, a]): Sample => ({
          text: `${name}(${a.text})`,
          binds: 5,
          value: (x, y) => Math[name](a.value(x, y)),
        }),
      ),
      fc.tuple(fc.constantFrom('min', 'max'), tie('sample'), tie('sample')).map(
        ([name, a, b]): Sample => ({
          text: `${name}(${a.text}, ${b.text})`,
          binds: 5,
          value: (x, y) => Math[name](a.value(x, y), b.value(x, y)),
        }),
      ),
    ),
  }
})

test('random formulas mean what the rules of precedence say, and rows have the bits of single values', () => {
  let compared = 0
  fc.assert(
    fc.property(sample, ({ text, value }) => {
      fc.pre(text.length < 200)
      let formula: ReturnType<typeof parseFormula>
      try {
        formula = parseFormula(text, ['x', 'y'])
      } catch (error) {
        // Constant parts such as (-2)^.5 are refused.
        expect(String(error)).toMatch(/expected a finite number|division by zero/)
        return
      }
      const f = compileScalar(formula)
      const length = 301
      const inputs = [normals(length + 5, 30), normals(length + 9, 31)]
      const rows = new Float64Array(length).fill(Number.NaN)
      compileRows(formula)(inputs, [5, 9], length, rows)
      const singles = rows.map((_v, n) => f(inputs[0]![5 + n]!, inputs[1]![9 + n]!))
      expect(rows.findIndex((row, n) => !Object.is(row, singles[n]))).toBe(-1)
      // Gathered constants round otherwise; near poles and for large powers that is amplified, so only tame values count.
      const [x, y] = [0.7, -1.3]
      const truth = value(x, y)
      if (Number.isFinite(truth) && Math.abs(truth) < 1e3 && isTame(value, x, y)) {
        compared++
        expect(Math.abs(f(x, y) - truth)).toBeLessThan(1e-9 * (1 + Math.abs(truth)))
      }
    }),
    { numRuns: 400, seed: 1 },
  )
  expect(compared).toBeGreaterThan(150)
})

/** Whether a change of the arguments in the 13th digit changes the value by less than 1e-10. */
function isTame(f: (x: number, y: number) => number, x: number, y: number): boolean {
  return Math.abs(f(x * (1 + 1e-13), y * (1 - 1e-13)) - f(x, y)) < 1e-10
}

test.each([
  ['-x^2', 3, -9],
  ['2^-x', 3, 0.125],
  ['2^x^2', 3, 512],
  ['1 - 2 - x', 3, -4],
  ['12/2/x', 3, 2],
  ['-x^-2', 2, -0.25],
  ['--x', 2, 2],
  ['x - -x', 2, 4],
  ['+x*-2', 2, -4],
  ['(-x)^3', 2, -8],
  ['x^0', -2, 1],
  ['min(x, 1) + max(2, x)*sign(-x)', -3, 2 - 3],
])('%s at %d is %d', (text, at, value) => {
  expect(compileScalar(parseFormula(text, ['t', 'x']))(99, at)).toBe(value)
})

test.each(Array.from({ length: 129 }, (_, n) => n - 64))(
  'x^%i of negative numbers has the sign and size it should',
  (n) => {
    const f = compileScalar(parseFormula(`x^${n}`, ['x']))
    expect(Math.abs(f(-1.1) / (-1.1) ** n - 1)).toBeLessThan(1e-13)
  },
)

test.each([
  ['x^2/2', true],
  ['3*x - 7', true],
  ['5', true],
  ['(x - 1)^2', true],
  ['x*(x + 1)/2', true],
  ['x^3', false],
  ['cos(x)', false],
  ['sqrt(x^2 + 1)', false],
])('%s is harmonic: %s', async (formula, harmonic) => {
  const term = (await formulaOnsite({ name: 'term', formula }))(networks['edge list'])
  expect(term.harmonic).toBe(harmonic)
})

test.each([
  ['x*y', true],
  ['(x - 2*y + 1)^2', true],
  ['x*y^2', false],
  ['cos(x - y)', false],
])('%s is harmonic: %s', async (formula, harmonic) => {
  expect((await formulaPair({ name: 'term', formula }))(networks['edge list']).harmonic).toBe(harmonic)
})

test('the force of formula terms is the same for every batch size', async () => {
  const network = networks['sparse lattice']
  const { units } = network
  const potential = potentialOf(network, [
    await formulaOnsite({ name: 'ripple', formula: 'x^6/6 - cos(2*pi*x)' }),
    await formulaPair({ name: 'rope', formula: 'sqrt(1 + (x-y)^2)' }),
  ])
  const theta = normals(potential.size, 32)
  const single = normals(units, 33)
  const alone = new Float64Array(units)
  const energyAlone = new Float64Array(1)
  forceAndEnergy(potential, theta, single, 1, alone, energyAlone)
  for (const batch of [2, 255, 256, 257, 700]) {
    const x = new Float64Array(units * batch)
    for (let i = 0; i < units; i++) x.fill(single[i]!, i * batch, (i + 1) * batch)
    const force = new Float64Array(units * batch)
    const energy = new Float64Array(batch)
    forceAndEnergy(potential, theta, x, batch, force, energy)
    expect(force.every((value, n) => value === alone[Math.floor(n / batch)])).toBe(true)
    expect(energy.every((value) => value === energyAlone[0])).toBe(true)
  }
})
