/** Groups of sixteen trajectories in a shard: the unit of work of a thread, and of the sums that are added in order. */
export const groupsOfShard = 4
/** Trajectories of a group. */
export const lanes = 16
/** Bytes of sixteen float64. */
export const rowBytes = 8 * lanes
/** Bytes of a group's record of work and heat, where there is one bath: five rows (Record in kernels/advance.h). */
export const recordBytes = 5 * rowBytes
/** Byte offset of the energy row in a record. */
export const energyRow = 3 * rowBytes
/** Rows of a register of a tape (STRIP in kernels/system.h). */
export const stripRows = 16

/** Groups that hold so many trajectories. */
export function groupsOf(trajectories: number): number {
  return Math.ceil(trajectories / lanes)
}

/** Shards that hold so many trajectories. */
export function shardsOf(trajectories: number): number {
  return Math.ceil(groupsOf(trajectories) / groupsOfShard)
}

/** Groups of each shard of a batch that is learned from, the last one's may be fewer: even small batches keep two threads at work. */
export function groupsOfLearning(trajectories: number): number {
  const groups = groupsOf(trajectories)
  return Math.ceil(groups / Math.max(2, Math.ceil(groups / groupsOfShard)))
}
