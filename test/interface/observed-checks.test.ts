import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ndarray from 'ndarray'
import { expect, test } from 'vitest'
import { requireApplicable } from '../../src/experiment/checks/applicable.js'
import { encodeNpy } from '../../src/experiment/files/npy.js'
import { encodeSafetensors } from '../../src/experiment/files/safetensors.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { refusalOf } from '../refusal.js'
import { fileFolder } from '../run-folder.js'

const particle = `
name: particle
network: { visible: { units: 3 } }
initial: { kind: point, x: 0 }
`

const problemOf = async (text: string) => {
  const problem = createProblem(await parseScenario(`${particle}${text}`, 'particle.yaml'))
  requireApplicable(problem)
  return problem
}

const trap = (rest: string) => `
potential: { onsite: [stiffness] }
protocol: { duration: 1, dt: 0.01, parameters: { stiffness: 1 } }
${rest}`

test.each([
  ['checks: [{ observable: squaer, expected: 1 }]', 'Did you mean "square"?'],
  ['checks: [{ observable: square, lag: 0.5, expected: 1 }]', 'expected one of the lags of "square" (0, 0.1)'],
  ['checks: [{ observable: square, expected: x }]', 'unknown name "x"'],
  ['checks: [{ observable: square, expected: 1/0 }]', '1 / 0 is Infinity'],
  ['checks: [{ observable: square, expected: sqrt(2)/2 }]', 'valid'],
])('%s: %s', async (checks, words) => {
  const observe = 'observe: [{ name: square, formula: x^2, lags: [0, 0.1] }]\n'
  expect(await refusalOf(() => problemOf(trap(observe + checks)))).toContain(words)
})

test('a check of driven systems says what it needs', async () => {
  const wells = (check: string, more = '') => `
potential: { onsite: [stiffness, quartic] }
protocol: { duration: 1, dt: 0.01, parameters: { stiffness: 1, quartic: 1 } }
${more}
checks: [${check}]`
  expect(await refusalOf(() => problemOf(wells('steady-state')))).toContain('forces that are linear in x')
  expect(await refusalOf(() => problemOf(wells('washboard')))).toContain('units with a period')
  expect(await refusalOf(() => problemOf(wells('fokker-planck')))).toBe('valid')
  const heun = 'sampling: { integrator: heun }'
  expect(await refusalOf(() => problemOf(wells('fokker-planck', heun)))).toContain('euler-maruyama')
})

const folder = fileFolder()

test('parameters are the numbers of a file of one column', async () => {
  const file = (name: string, bytes: Uint8Array | string) => {
    writeFileSync(join(folder, name), bytes)
    return join(folder, name)
  }
  const thetaOf = async (path: string) => {
    const text = `
potential: { onsite: [stiffness] }
protocol: { duration: 1, dt: 0.01, parameters: { stiffness: { file: ${path} } } }`
    return [...(await problemOf(text)).given!.theta]
  }
  const npy = (...values: number[]) => encodeNpy(ndarray(Float64Array.from(values), [values.length]))
  expect(await thetaOf(file('theta.npy', npy(1, 2.5, 4)))).toEqual([1, 2.5, 4])
  expect(await thetaOf(file('theta.csv', '1\n2.5\n4\n'))).toEqual([1, 2.5, 4])
  const learned = encodeSafetensors({ stiffness: { shape: [2, 3], data: Float64Array.of(9, 9, 9, 1, 2.5, 4) } })
  expect(await thetaOf(file('parameters.safetensors', learned))).toEqual([1, 2.5, 4])
  expect(await refusalOf(() => thetaOf(file('short.npy', npy(1, 2))))).toContain('a list of 3, got 2 entries')
  expect(await refusalOf(() => thetaOf(file('nan.npy', npy(1, Number.NaN, 2))))).toContain(
    'number 1 (counted from 0) is NaN',
  )
  const other = encodeSafetensors({ bias: { shape: [3], data: Float64Array.of(1, 2, 3) } })
  expect(await refusalOf(() => thetaOf(file('other.safetensors', other)))).toContain(
    'has no tensor "stiffness"; it has bias',
  )
})
