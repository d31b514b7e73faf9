// Five sets of points in the plane to try learning on, standardised, each a CSV of x, y and the part that a point is from.
// Run it with `node examples/point-sets.mjs FOLDER [SEED] [COUNT]` after `npm ci`; scenarios/two-moons.csv is its two-moons.csv of seed 1.
import { mkdirSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { densities } from 'overdamped'

/** Radii at which the engine's laws lie; noise is told in units of the outer one (of the moons: of either). */
const radius = { moons: 2, circles: 3, spirals: (2 * Math.PI * 1.75) / 3 }

/** The laws: noise .08 on unit half circles, .05 on circles of radius 1 and .5, and on two arms of 1.75 turns of radius 1. */
export const laws = {
  'two-moons': densities.moons(0.08 * radius.moons),
  circles: densities.circles(0.05 * radius.circles),
  'two-spirals': densities['two-spirals'](1.75, 0.05 * radius.spirals),
  pinwheel: densities.pinwheel(),
  checkerboard: densities.checkerboard(),
}

/**
 * A table as text, columns of mean 0 and standard deviation 1; numbers are keyed by the seed, so that each call has the same bytes.
 *
 * @param {keyof typeof laws} name @param {number} seed @param {number} count
 */
export function tableOf(name, seed, count = 4000) {
  const drawn = laws[name].sample(count, seed, 0)
  const column = (/** @type {number} */ unit) => {
    const values = drawn.points.filter((_, n) => n % 2 === unit)
    const mean = values.reduce((sum, x) => sum + x / count, 0)
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2 / count, 0))
    return values.map((x) => (x - mean) / deviation)
  }
  const [x, y] = [column(0), column(1)]
  const part = 'components' in drawn ? /** @type {Int32Array} */ (drawn.components) : null
  const rows = Array.from(x, (value, n) => [value.toFixed(4), y[n]?.toFixed(4), ...(part === null ? [] : [part[n]])])
  return `${[['x', 'y', ...(part === null ? [] : ['part'])], ...rows].map((row) => row.join(',')).join('\n')}\n`
}

const [, script, folder, seed = '1', count = '4000'] = process.argv
if (script !== undefined && folder !== undefined && import.meta.url === pathToFileURL(script).href) {
  mkdirSync(folder, { recursive: true })
  for (const name of /** @type {(keyof typeof laws)[]} */ (Object.keys(laws)))
    writeFileSync(`${folder}/${name}.csv`, tableOf(name, Number(seed), Number(count)))
}
