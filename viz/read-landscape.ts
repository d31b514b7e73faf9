import { join } from 'node:path'
import { flat, readArrays } from './run-files.js'
import type { Landscape } from './run-record.js'
import { unreadable } from './unreadable.js'

/** Frames of a film, and numbers of a map along either side, at most. */
const [mostFrames, mostPlaces] = [1000, 256]

/**
 * Reads landscape.npz: a cloud of trajectories in the plane of two units, and the potential there.
 * @returns undefined when the run has none
 * @throws OverdampedError E_FORMAT when shapes disagree
 */
export function readLandscape(directory: string): Landscape | undefined {
  const { time, cloud, x, y, t, potential } = readArrays(directory, 'landscape.npz')
  if (!time || !cloud) return undefined
  const where = join(directory, 'landscape.npz')
  const frames = time.size
  if (frames > mostFrames || cloud.shape.length !== 3 || cloud.shape[1] !== frames || cloud.shape[2] !== 2)
    throw unreadable(where, `cloud has shape [${cloud.shape}], expected [trajectories, ${frames}, 2]`)
  const seen = { time: Array.from(flat(time)), cloud: flat(cloud), count: cloud.shape[0] as number }
  if (!x || !y || !t || !potential) return { ...seen, map: undefined }
  const expected = [t.size, y.size, x.size]
  if (`${potential.shape}` !== `${expected}` || Math.max(x.size, y.size) > mostPlaces || t.size > mostFrames)
    throw unreadable(
      where,
      `potential has shape [${potential.shape}], expected [${expected}], at most ${mostPlaces} a side`,
    )
  const [along, up, times] = [x, y, t].map((array) => Array.from(flat(array))) as [number[], number[], number[]]
  return { ...seen, map: { x: along, y: up, t: times, potential: flat(potential) } }
}
