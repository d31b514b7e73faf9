import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/**
 * The law that scenarios/outcomes.csv was drawn from, up to what the outcome does not depend on: p(outcome | site, smoker) ∝ own·ofSite·ofSmoker,
 * age ~ N(45 + of outcome + of site, 11²), dose ~ N(2 + of outcome + .3·smoker, .6²).
 */
const law = {
  sites: ['north', 'south', 'west', 'coast'],
  outcomes: ['mild', 'none', 'severe'],
  own: [1, 1.6, 0.6],
  ofSite: [
    [1, 1, 1],
    [1.2, 1, 0.5],
    [0.8, 1, 1.5],
    [1, 1.5, 0.7],
  ],
  ofSmoker: [
    [1, 1.2, 0.6],
    [1.1, 0.6, 1.8],
  ],
  age: { outcome: [2, -8, 14], site: [0, 4, -4, 6] },
  dose: { outcome: [0.1, -0.5, 0.6] },
}

/** p(outcome | the rest of a row), by Bayes' rule. */
function posterior(age: number, dose: number, site: number, smoker: number): number[] {
  const weights = law.outcomes.map((_, o) => {
    const offAge = (age - 45 - law.age.outcome[o]! - law.age.site[site]!) / 11
    const offDose = (dose - 2 - law.dose.outcome[o]! - 0.3 * smoker) / 0.6
    const chosen = law.own[o]! * law.ofSite[site]![o]! * law.ofSmoker[smoker]![o]!
    return chosen * Math.exp(-(offAge ** 2 + offDose ** 2) / 2)
  })
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

test('the law of outcomes.csv tells the outcomes of its held-out rows as well as the scenario and the docs say', () => {
  const rows = readFileSync('scenarios/outcomes.csv', 'utf8').trim().split('\n').slice(2)
  const heldOut = rows.filter((_, n) => n % 5 === 4).map((row) => row.split(','))
  const told = heldOut.map(([age, dose, site, smoker, outcome]) => {
    const p = posterior(Number(age), Number(dose), law.sites.indexOf(site!), Number(smoker === 'yes'))
    const own = law.outcomes.indexOf(outcome!)
    return { loss: -Math.log(p[own]!), right: Number(p.indexOf(Math.max(...p)) === own) }
  })
  const mean = (of: (row: (typeof told)[number]) => number) => told.reduce((sum, row) => sum + of(row), 0) / told.length
  expect(told).toHaveLength(300)
  expect(mean(({ loss }) => loss)).toBeCloseTo(0.603, 3)
  expect(mean(({ right }) => right)).toBeCloseTo(0.74, 2)
})
