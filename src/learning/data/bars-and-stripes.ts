import { columnsOf, pickRows } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { uniformIntegers } from '../../physics/noise/uniform.js'
import type { KnownLaw } from './law.js'

/**
 * Bars and stripes: images of side × side pixels ±1 whose rows, or whose columns, are each of one colour. The two plain images are both,
 * and count once: 2·2^side - 2 images, all equally likely; `average` lists them.
 *
 * Source: MacKay, Information Theory, Inference, and Learning Algorithms (2003), ch. 43.
 */
export function barsAndStripes(side: number): KnownLaw {
  const units = side * side
  const colour = (number: number, line: number) => ((number >> line) & 1 ? 1 : -1)
  const stripes = Array.from({ length: 2 ** side }, (_, number) =>
    Float64Array.from({ length: units }, (_, i) => colour(number, Math.floor(i / side))),
  )
  const bars = Array.from({ length: 2 ** side - 2 }, (_, number) =>
    Float64Array.from({ length: units }, (_, i) => colour(number + 1, i % side)),
  )
  const images = [...stripes, ...bars]
  const points = new Float64Array(images.length * units)
  images.forEach((image, n) => {
    points.set(image, n * units)
  })
  const all = { points, count: images.length, units }
  return {
    units,
    states: Array.from({ length: units }, () => [-1, 1]),
    average: { ...columnsOf(all), weights: new Float64Array(all.count).fill(1 / all.count) },
    entropy: Math.log(all.count),
    sample(count, seed, draw) {
      const chosen = new Int32Array(count)
      uniformIntegers({ seed, stream: stream.data, step: 2 * draw }, all.count, chosen)
      return pickRows(all, chosen)
    },
  }
}
