/** Parts of a benchmark that ask how the cost grows. */
const scalingSections = ['units', 'batch', 'edges', 'steps'] as const
/** A part of a benchmark that asks how the cost grows. */
export type ScalingSection = (typeof scalingSections)[number]

/** Parts of a benchmark that can be asked for alone, in the order in which they run. */
export const sections = [
  'sparse',
  'dense',
  'exchange',
  'formulas',
  'flips',
  'training',
  'objectives',
  'evaluation',
  'tasks',
  'checkpoints',
  ...scalingSections,
  'footprint',
] as const
/** A part of a benchmark. */
export type Section = (typeof sections)[number]

/** Names for several sections. */
export const sectionGroups: Readonly<Record<string, readonly Section[]>> = { scaling: scalingSections }
