// A term of your own: two rotors that pull one another along, U = -J cos(x - y). ⟨cos(x - y)⟩ against the ratio of Bessel functions.
import {
  auditTerm,
  constantProtocol,
  createNetwork,
  generalPairTerm,
  meanOf,
  type PairRowFunction,
  potentialOf,
  simulate,
  zScore,
} from 'overdamped'

/** f(x - y) of a row of trajectories: x stands from a on, y from b on. */
function ofAngle(f: (angle: number) => number): PairRowFunction {
  return (x, a, b, length, out) => {
    for (let n = 0; n < length; n++) out[n] = f((x[a + n] ?? 0) - (x[b + n] ?? 0))
  }
}

// φ = -cos(x - y) and its derivatives: all that a term has to know.
const [sin, cos] = [ofAngle(Math.sin), ofAngle(Math.cos)]
const [minusSin, minusCos] = [ofAngle((angle) => -Math.sin(angle)), ofAngle((angle) => -Math.cos(angle))]
const aligning = generalPairTerm(
  { name: 'aligning' },
  { value: minusCos, slopeX: sin, slopeY: minusSin, curvatureXX: cos, curvatureXY: minusCos, curvatureYY: cos },
)

const network = createNetwork({ visible: { units: 2, period: 2 * Math.PI } })
for (const { method, error } of auditTerm(aligning, network)) throw new Error(`${method} is off by ${error}`)

const [J, kT] = [1.2, 0.8]
const { final } = await simulate({
  potential: potentialOf(network, [aligning]),
  protocol: constantProtocol(Float64Array.of(J), 5, 0.02),
  bath: { kT, mobility: 1 },
  trajectories: 4000,
  integrator: 'leimkuhler-matthews', // its bias in equilibrium, of second order in dt, is far below the noise
})
const found = meanOf(
  Float64Array.from({ length: final.count }, (_, n) => {
    const [x = 0, y = 0] = final.points.subarray(2 * n)
    return Math.cos(x - y)
  }),
)

// I₁(J/kT)/I₀(J/kT): a sum over even angles is exact to rounding.
const angles = Array.from({ length: 64 }, (_, n) => (2 * Math.PI * n) / 64)
const sum = (f: (angle: number) => number) =>
  angles.reduce((total, a) => total + f(a) * Math.exp((J / kT) * Math.cos(a)), 0)
const truth = sum(Math.cos) / sum(() => 1)
console.log(`⟨cos(x - y)⟩ = ${found.value} ± ${found.standardError}, exactly ${truth}`)
if (Math.abs(zScore(found, truth)) > 4) throw new Error('more than 4 standard errors off')
