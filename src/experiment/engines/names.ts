/** Engines that `--emit` writes files for. */
export const emittingEngines = ['slurm', 'kubernetes'] as const
/** One of them. */
export type EmittingEngine = (typeof emittingEngines)[number]
