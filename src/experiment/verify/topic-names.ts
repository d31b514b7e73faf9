/** Names of what `overdamped verify` compares, in the order in which it does. */
export const topicNames = [
  'ornstein-uhlenbeck',
  'harmonic-network',
  'far-from-origin',
  'equilibrium',
  'escape',
  'driven',
  'drives',
  'time-steps',
  'reverse-noising',
  'learning',
  'identities',
  'mixture',
  'states',
  'two-baths',
  'controls',
] as const
/** A topic by its name. */
export type TopicName = (typeof topicNames)[number]
