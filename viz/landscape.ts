import type { CloudSpec } from './field-spec.js'
import { brief } from './figure.js'
import { capped } from './map-paths.js'
import { pack } from './pack.js'
import type { Landscape } from './run-record.js'

type Map = NonNullable<Landscape['map']>

/** The map that acts at a time: the nearest one, in factors where all times are above 0. */
export function mapAt({ t }: Pick<Map, 't'>, time: number): number {
  const scale = (value: number) => (t.every((of) => of > 0) ? Math.log(Math.max(value, 1e-300)) : value)
  const distances = t.map((of) => Math.abs(scale(of) - scale(time)))
  return distances.indexOf(Math.min(...distances))
}

/** What the page's script draws as a film: the cloud of trajectories over the potential of the moment. */
export function cloudSpec({ time, cloud, count, map }: Landscape, reach: number): CloudSpec | undefined {
  if (time.length < 3 || count === 0) return undefined
  const places = map && map.x.length * map.y.length
  return {
    time: time.map(brief),
    count,
    reach: brief(reach),
    x: pack(count, 2 * time.length, (row, column) => cloud[row * 2 * time.length + column] as number),
    map: map && {
      x: map.x.map(brief),
      y: map.y.map(brief),
      of: time.map((at) => mapAt(map, at)),
      values: pack(map.t.length, places as number, (row, column) =>
        capped(map.potential[row * (places as number) + column] as number),
      ),
    },
  }
}
