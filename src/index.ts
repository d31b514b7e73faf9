/**
 * overdamped: networks of coupled nonlinear oscillators in a thermal bath that learn to generate. The engine, and what needs
 * Node: scenarios, files, threads, runs. The public names, in the order of an experiment.
 */

export * from './engine.js'
// What is asked for.
export * from './experiment/scenario/load.js'
export { type Scenario, type ScenarioInput, scenarioJsonSchema, scenarioSchema } from './experiment/scenario/schema.js'
// What it learns from.
export { loadMnist } from './experiment/files/mnist.js'
export { loadIdx } from './experiment/files/idx.js'
export { loadArray } from './experiment/files/table.js'
// What computes it on this machine.
export * from './backend/node/open.js'
export { frames, simulate } from './backend/node/simulate.js'
// Experiments.
export type { Manifest, Provenance } from './experiment/record/manifest.js'
export type { Metric } from './experiment/measurement/measure.js'
export type { Identity } from './experiment/measurement/thermodynamics.js'
export type { MeanWithError, Results } from './experiment/run/results.js'
export type { RunOptions } from './experiment/record/recorded.js'
export { run } from './experiment/run/run.js'
export { compareGradients, type GradientsDocument, type GradientsOptions } from './experiment/gradients/gradients.js'
export { type FreeEnergyOfRuns, freeEnergyOfRuns } from './experiment/run/free-energy-of-runs.js'
export { type DrawnKey, drawn } from './experiment/sweep/draws.js'
export { evenly, geometrically } from './experiment/sweep/ranges.js'
export { type SweepOptions, sweep } from './experiment/sweep/sweep.js'
export { type MergeOptions, mergeSweeps } from './experiment/sweep/merge.js'
export type { SweepDocument, SweepPoint } from './experiment/sweep/sweep-document.js'
export { awaitShards, type WaitOptions } from './experiment/sweep/wait.js'
export type { GridPoint, SweepAxis, SweepPairs } from './experiment/sweep/sweep-grid.js'
// Independent work: who carries it out, and what it is.
export { callingThread, type Executor, executorOf, type Perform } from './experiment/executor/executor.js'
export type { JobHooks, JobInput, JobKind, JobsOnDemand, MapHooks } from './experiment/executor/executor.js'
export type { Shard } from './experiment/executor/shard.js'
export { heardOf, type JobMessage, type JobOrder, serveJobs } from './experiment/executor/messages.js'
export { createThreads } from './experiment/executor/threads.js'
export { type RedisAddress, redisAddress } from './experiment/queue/address.js'
export { openQueue, type QueueOptions } from './experiment/queue/open.js'
export { serveQueue, type WorkerOptions } from './experiment/queue/serve.js'
export { jobKinds } from './experiment/jobs/kinds.js'
// What is exactly known.
export { topics, type VerifiedCheck, verify } from './experiment/verify/verify.js'
