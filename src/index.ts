/**
 * overdamped: networks of coupled nonlinear oscillators in a thermal bath that learn to generate. The public names, in the
 * order of the physics.
 */

export { type ErrorCode, OverdampedError, StoppedError } from './errors.js'
// What is asked for.
export { defineScenario, effectiveScenario, type LoadOptions, loadScenario, parseScenario } from './scenario/load.js'
export { type Scenario, type ScenarioInput, scenarioJsonSchema, scenarioSchema } from './scenario/schema.js'
// The system.
export { allPairs, type Edges, edgesFromPairs, latticePairs } from './network/edges.js'
export { allSeen, type HiddenEdges, hiddenEdgesFromLists, latticeSeen } from './network/hidden-edges.js'
export { createNetwork, type Network } from './network/network.js'
export type { RowFunction, States, Term, TermOn, UnitFunction } from './potential/term.js'
export { bias, cubic, onsiteTerm, quartic, stiffness, type TermOptions } from './potential/onsite.js'
export { bilinear, pairQuartic, pairTerm } from './potential/pair.js'
export { type FormulaOptions, formulaOnsite, formulaPair } from './potential/formula-term.js'
export { bistable, hiddenUnits, quarticHidden } from './potential/hidden.js'
export { movingHidden } from './potential/moving-hidden.js'
export { withHiddenStates, withTwins } from './network/hidden-states.js'
export { type TwoStates, withFlips } from './dynamics/heat-bath.js'
export { withHiddenStart } from './dynamics/hidden-start.js'
export { type Response, twoStateResponse } from './potential/response.js'
export { doubleWellResponse } from './potential/double-well-response.js'
export {
  createPotential,
  directional,
  forceAndEnergy,
  groupSlice,
  hessian,
  type ParameterGroup,
  type Potential,
  potentialOf,
  statistic,
  termSlice,
} from './potential/potential.js'
// Its protocol and its bath.
export type { Bath } from './protocol/bath.js'
export {
  createNoising,
  type DriveKind,
  type Noising,
  noiseWidth,
  scoreScale,
  signal,
  stiffnessClock,
} from './protocol/noising.js'
export {
  constantProtocol,
  type GenerationOptions,
  generationProtocol,
  type Protocol,
  type Scheduled,
  scheduledProtocol,
} from './protocol/protocol.js'
export { philox4x32 } from './noise/philox.js'
export { fillNormals } from './noise/gaussian.js'
export { type DrawKey, fillUniform, uniformIntegers } from './noise/uniform.js'
export { stream } from './noise/streams.js'
// What it learns from.
export type { PointSet } from './data/points.js'
export { type GaussianMixture, noisedMixture, sampleMixture } from './data/mixture.js'
export type { DigitSet } from './data/digits.js'
export { loadMnist } from './data/mnist.js'
export { loadIdx } from './data/idx.js'
export { loadArray } from './data/table.js'
// Motion and measurement.
export { type Drive, driveNetwork } from './dynamics/drive.js'
export { driveExactScore } from './dynamics/score-drive.js'
export {
  createEnsemble,
  type Ensemble,
  type EnsembleOptions,
  gaussianStart,
  type InitialStates,
} from './dynamics/ensemble.js'
export type { Frame, Observer } from './dynamics/observer.js'
export type { Batch, Integrator, IntegratorName, StepInput } from './dynamics/integrator.js'
export { eulerMaruyama } from './dynamics/euler-maruyama.js'
export { heun } from './dynamics/heun.js'
export { leimkuhlerMatthews } from './dynamics/leimkuhler-matthews.js'
export { exactOu } from './dynamics/exact-ou.js'
export { ouSplitting } from './dynamics/ou-splitting.js'
export { mala } from './dynamics/mala.js'
export { evolve, type Measured } from './dynamics/evolve.js'
export { createWorkAndHeat, type WorkAndHeat } from './dynamics/work-and-heat.js'
export { observeTrajectories, type RecordedTrajectories } from './observe/trajectories.js'
export { entropyProduction, gaussianDensity, type LogDensity } from './observe/entropy-production.js'
export { type VirialResidual, virialResidual } from './observe/virial.js'
// Learning.
export { type Device, deviceOf, type Electronics, type FrozenRun } from './learn/device.js'
export type { NoisedBatch, NoisingStep, Rule } from './learn/rule.js'
export { createNoiser, type Noiser, type PathOptions } from './learn/noised-batch.js'
export { forceMatching, noisedLoss } from './learn/force-matching.js'
export { implicitScoreMatching } from './learn/implicit-score-matching.js'
export { type ContrastOptions, contrastiveDivergence } from './learn/contrastive-divergence.js'
export { reversePath, stepsOf } from './learn/reverse-path.js'
export { type NudgeOptions, nudgedForceMatching } from './learn/nudged-force-matching.js'
export { type ApplicableRule, createRule, type RuleName, type RuleSettings, rulesFor } from './learn/rules.js'
export { auditLocality, type LocalityRow, type Reading } from './learn/locality.js'
export { type LeastSquaresResult, leastSquares } from './learn/least-squares.js'
export { type AdamOptions, type AdamState, adamStep, createAdam } from './learn/adam.js'
// What computes it.
export type { Backend, BackendName, Demand, Learner, LearningTask, Simulation } from './backend/backend.js'
export {
  type Availability,
  availableBackends,
  type BackendRequest,
  type ChosenBackend,
  openBackend,
} from './backend/choose.js'
export { simulate } from './backend/simulate.js'
export type { Hooks, Progress } from './backend/hooks.js'
// Experiments.
export type { Manifest, Provenance } from './run/manifest.js'
export type { Check } from './observe/check.js'
export type { Identity, MeanWithError, Metric, Results } from './run/results.js'
export type { RunOptions } from './run/options.js'
export { run } from './run/run.js'
export { type SweepOptions, sweep } from './run/sweep.js'
export { mergeSweeps, type SweepDocument, type SweepPoint } from './run/sweep-document.js'
export type { GridPoint, Shard, SweepAxis } from './run/sweep-grid.js'
export { topics, type VerifiedCheck, verify } from './verify/verify.js'
