// A term of your own: the walls θ x⁶/6 beside a built-in stiffness. Its ⟨x²⟩ against quadrature.
// Run it with `node examples/term.mjs` after `npm ci`; test/interface/examples.test.ts holds it to its truth.
import { constantProtocol, createNetwork, createPotential, meanOf, onsiteTerm, simulate } from 'overdamped'

/** @type {(c: number, n: number) => import('overdamped').RowFunction} c xⁿ, of a row of trajectories at a time */
const power = (c, n) => (x, from, length, out) => {
  for (let b = 0; b < length; b++) out[b] = c * (x[from + b] ?? 0) ** n
}
const sextic = onsiteTerm(
  { name: 'sextic', lowerBound: 0 },
  { value: power(1 / 6, 6), slope: power(1, 5), curvature: power(5, 4) },
)

const potential = createPotential(createNetwork({ visible: { units: 2 } }), { onsite: ['stiffness', sextic] }, 1)
const [k, a, kT] = [-0.5, 1, 0.7]
const { final } = await simulate({
  potential,
  protocol: constantProtocol(Float64Array.of(k, k, a, a), 4, 0.02),
  bath: { kT, mobility: 1 },
  trajectories: 3000,
  integrator: 'leimkuhler-matthews', // weak order 2 in equilibrium: the bias is far below the noise
})
export const found = meanOf(final.points.map((x) => x * x))

const weigh = (/** @type {(x: number) => number} */ f) =>
  Array.from({ length: 4001 }, (_, n) => (n - 2000) / 500).reduce(
    (sum, x) => sum + f(x) * Math.exp(-((k * x * x) / 2 + (a * x ** 6) / 6) / kT),
    0,
  )
export const truth = weigh((x) => x * x) / weigh(() => 1)
console.log(`⟨x²⟩ = ${found.value} ± ${found.standardError}, by quadrature ${truth}`)
