/**
 * overdamped: networks of coupled nonlinear oscillators in a thermal bath that learn to generate. The public names, in the
 * order of the physics.
 */

export { type ErrorCode, OverdampedError, StoppedError } from './errors.js'
// What is asked for.
export {
  defineScenario,
  effectiveScenario,
  type LoadOptions,
  loadScenario,
  parseScenario,
} from './experiment/scenario/load.js'
export { type Scenario, type ScenarioInput, scenarioJsonSchema, scenarioSchema } from './experiment/scenario/schema.js'
// The system.
export { allPairs, type Edges, edgesFromPairs, latticePairs } from './physics/network/edges.js'
export { allSeen, type HiddenEdges, hiddenEdgesFromLists, latticeSeen } from './physics/network/hidden-edges.js'
export { createNetwork, type Network } from './physics/network/network.js'
export type { RowFunction, Term, TermOn, UnitFunction } from './physics/potential/term.js'
export type { States } from './physics/network/states.js'
export { bias, cubic, onsiteTerm, quartic, stiffness, type TermOptions } from './physics/potential/onsite.js'
export { bilinear, pairQuartic, pairTerm } from './physics/potential/pair.js'
export { type FormulaOptions, formulaOnsite, formulaPair } from './physics/potential/formula-term.js'
export { bistable, hiddenUnits, quarticHidden } from './physics/potential/hidden.js'
export { movingHidden } from './physics/potential/moving-hidden.js'
export { withHiddenStates, withTwins } from './physics/network/hidden-states.js'
export { type TwoStates, withFlips } from './physics/dynamics/heat-bath.js'
export { withHiddenStart } from './physics/dynamics/hidden-start.js'
export { type Response, twoStateResponse } from './physics/potential/response.js'
export { doubleWellResponse } from './physics/potential/double-well-response.js'
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
} from './physics/potential/potential.js'
// Its protocol and its bath.
export type { Bath } from './physics/protocol/bath.js'
export {
  createNoising,
  type DriveKind,
  type Noising,
  noiseWidth,
  scoreScale,
  signal,
  stiffnessClock,
} from './physics/protocol/noising.js'
export {
  constantProtocol,
  type GenerationOptions,
  generationProtocol,
  type Protocol,
  type Scheduled,
  scheduledProtocol,
} from './physics/protocol/protocol.js'
export { philox4x32 } from './physics/noise/philox.js'
export { fillNormals } from './physics/noise/gaussian.js'
export { type DrawKey, fillUniform, uniformIntegers } from './physics/noise/uniform.js'
export { stream } from './physics/noise/streams.js'
// What it learns from.
export type { PointSet } from './physics/network/states.js'
export { type GaussianMixture, mixtureScore, sampleMixture } from './learning/data/mixture.js'
export type { DigitSet } from './learning/data/digits.js'
export { loadMnist } from './experiment/files/mnist.js'
export { loadIdx } from './experiment/files/idx.js'
export { loadArray } from './experiment/files/table.js'
// Motion and measurement.
export { type Drive, driveNetwork } from './physics/dynamics/drive.js'
export { driveExactScore } from './learning/data/score-drive.js'
export {
  createEnsemble,
  type Ensemble,
  type EnsembleOptions,
  gaussianStart,
  type InitialStates,
} from './physics/dynamics/ensemble.js'
export type { Frame, Observer } from './physics/dynamics/observer.js'
export type { Batch, Integrator, IntegratorName, StepInput } from './physics/dynamics/integrator.js'
export { eulerMaruyama } from './physics/dynamics/euler-maruyama.js'
export { heun } from './physics/dynamics/heun.js'
export { leimkuhlerMatthews } from './physics/dynamics/leimkuhler-matthews.js'
export { exactOu } from './physics/dynamics/exact-ou.js'
export { ouSplitting } from './physics/dynamics/ou-splitting.js'
export { mala } from './physics/dynamics/mala.js'
export { evolve, type Measured } from './physics/dynamics/evolve.js'
export { createWorkAndHeat, type WorkAndHeat } from './physics/dynamics/work-and-heat.js'
export { observeTrajectories, type RecordedTrajectories } from './physics/observe/trajectories.js'
export { entropyProduction, gaussianDensity, type LogDensity } from './physics/observe/entropy-production.js'
export { type VirialResidual, virialResidual } from './physics/observe/virial.js'
// Learning.
export { type Device, deviceOf, type Electronics, type FrozenRun } from './learning/rules/device.js'
export type { NoisedBatch, NoisingStep, Rule } from './learning/rules/rule.js'
export { createNoiser, type Noiser, type PathOptions } from './learning/rules/noised-batch.js'
export { forceMatching, noisedLoss } from './learning/rules/force-matching.js'
export { implicitScoreMatching } from './learning/rules/implicit-score-matching.js'
export { type ContrastOptions, contrastiveDivergence } from './learning/rules/contrastive-divergence.js'
export { reversePath, stepsOf } from './learning/rules/reverse-path.js'
export { type NudgeOptions, nudgedForceMatching } from './learning/rules/nudged-force-matching.js'
export { type ApplicableRule, createRule, type RuleName, type RuleSettings, rulesFor } from './learning/rules/rules.js'
export { auditLocality, type LocalityRow, type Reading } from './learning/rules/locality.js'
export { type LeastSquaresResult, leastSquares } from './learning/rules/least-squares.js'
export { type AdamOptions, type AdamState, adamStep, createAdam } from './learning/rules/adam.js'
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
export type { Manifest, Provenance } from './experiment/record/manifest.js'
export type { Check } from './physics/observe/check.js'
export type { Identity, MeanWithError, Metric, Results } from './experiment/run/results.js'
export type { RunOptions } from './experiment/run/options.js'
export { run } from './experiment/run/run.js'
export { type SweepOptions, sweep } from './experiment/sweep/sweep.js'
export { mergeSweeps, type SweepDocument, type SweepPoint } from './experiment/sweep/sweep-document.js'
export type { GridPoint, Shard, SweepAxis } from './experiment/sweep/sweep-grid.js'
export { topics, type VerifiedCheck, verify } from './experiment/verify/verify.js'
