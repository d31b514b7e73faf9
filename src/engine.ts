/**
 * The engine: networks of coupled nonlinear oscillators in a thermal bath that learn to generate, in browsers as in Node. No
 * file, no scenario, nothing of Node; `index.ts` adds those. The public names, in the order of the physics.
 */

export { type ErrorCode, errorCodes, OverdampedError, StoppedError } from './errors.js'
// The system.
export { type Edges, edgesFromPairs } from './physics/network/edges.js'
export {
  allPairs,
  chainPairs,
  latticePairs,
  ringPairs,
  type Sites,
  triangularPairs,
} from './physics/network/geometry.js'
export { allSeen, type HiddenEdges, hiddenEdgesFromLists, latticeSeen } from './physics/network/hidden-edges.js'
export {
  type Block,
  type Change,
  categories,
  type PlacedBlock,
  twoStates,
  type UnitKind,
} from './physics/network/blocks.js'
export { type Couplings, createNetwork, type Network, type NetworkOptions } from './physics/network/network.js'
export { networkOf } from './physics/network/network.js'
export type { UnitBaths } from './physics/network/unit-baths.js'
export { generatingHidden, type HiddenOptions, hiddenKinds } from './physics/network/hidden-kind.js'
export { withHiddenStates, withTwins } from './physics/network/hidden-states.js'
export { clampedTo, labelUnits } from './physics/network/labels.js'
export { columnsOf, type PointSet, pickStates, rowsOf, type States } from './physics/network/states.js'
export type { Term, TermOn, TermOptions } from './physics/potential/term.js'
export { auditTerm, type TermFault } from './physics/potential/audit.js'
export { monomial, type RowFunction, type UnitFunction } from './physics/potential/row-functions.js'
export { bias, cubic, onsiteTerm, quartic, stiffness } from './physics/potential/onsite.js'
export { bilinear, pairQuartic, pairTerm } from './physics/potential/pair.js'
export { generalPairTerm, type PairFunction, type PairRowFunction } from './physics/potential/general-pair.js'
export { FormulaError } from './physics/formula/error.js'
export { FormulasNotLoaded, loadFormulas } from './physics/formula/mathjs.js'
export { type FormulaOptions, formulaOnsite, formulaPair } from './physics/potential/formula-term.js'
export { labelCoupling } from './physics/potential/label.js'
export { pairTable } from './physics/potential/pair-table.js'
export { stateBias } from './physics/potential/state-bias.js'
export { type DiscreteUnits, discreteUnits } from './physics/potential/state-energies.js'
export { stateForce } from './physics/potential/state-force.js'
export { bistable, hiddenUnits, quarticHidden } from './physics/potential/hidden.js'
export { movingHidden } from './physics/potential/moving-hidden.js'
export { withFlips } from './physics/dynamics/heat-bath.js'
export { withOwnStart } from './physics/dynamics/own-start.js'
export { type Response, twoStateResponse } from './physics/potential/response.js'
export { doubleWellResponse } from './physics/potential/double-well-response.js'
export { type FeatureMap, type FeaturesOf, featureTerm, fixedTerm } from './physics/potential/features.js'
export { fourierFeatures, polynomialFeatures, radialFeatures } from './physics/potential/feature-maps.js'
export { type Wells, wellsTerm } from './physics/potential/wells.js'
export type { Conditionals } from './physics/potential/conditionals.js'
export type { ParameterGroup, Potential, PotentialOptions } from './physics/potential/potential.js'
export {
  composedPotential,
  createPotential,
  groupSlice,
  potentialOf,
  termSlice,
} from './physics/potential/potential.js'
export { directional, forceAndEnergy, hessian, statistic } from './physics/potential/potential.js'
// Its protocol and its bath.
export { type Bath, type BathOptions, defaultBath } from './physics/protocol/bath.js'
export type { DriveKind, Noising, NoisingOptions } from './physics/protocol/noising.js'
export { createNoising, noiseWidth, scoreScale, signal, stiffnessClock } from './physics/protocol/noising.js'
export type { GenerationOptions } from './physics/protocol/generation-protocol.js'
export type { Protocol, Scheduled } from './physics/protocol/protocol.js'
export { generationProtocol } from './physics/protocol/generation-protocol.js'
export { constantProtocol, scheduledProtocol } from './physics/protocol/protocol.js'
export { philox4x32 } from './physics/noise/philox.js'
export { fillNormals } from './physics/noise/gaussian.js'
export { type DrawKey, fillUniform, uniformIntegers } from './physics/noise/uniform.js'
export { stream } from './physics/noise/streams.js'
// Motion.
export { type Drive, driveNetwork, type Surface, surfaceOf } from './physics/dynamics/drive.js'
export * from './physics/dynamics/ensemble.js'
export type { Collected, Frame, Join, Memory, Observer } from './physics/dynamics/observer.js'
export type { Span } from './physics/dynamics/span.js'
export type { Batch, Integrator, Needs, StepInput, Transition } from './physics/dynamics/integrator.js'
export type { Noise } from './physics/dynamics/noise.js'
export { type IntegratorName, integrators } from './physics/dynamics/integrators.js'
export { eulerMaruyama, langevinStep, type Shift } from './physics/dynamics/euler-maruyama.js'
export { heun } from './physics/dynamics/heun.js'
export { leimkuhlerMatthews } from './physics/dynamics/leimkuhler-matthews.js'
export { exactOu } from './physics/dynamics/exact-ou.js'
export { ouSplitting } from './physics/dynamics/ou-splitting.js'
export { mala } from './physics/dynamics/mala.js'
export { energyDifference, type LogRatio, metropolis, randomWalk, type Trial } from './physics/dynamics/metropolis.js'
export { gibbs } from './physics/dynamics/gibbs.js'
export { advance, type Stay } from './physics/dynamics/advance.js'
export { evolve, type Measured } from './physics/dynamics/evolve.js'
export { createWorkAndHeat, type WorkAndHeat } from './physics/dynamics/work-and-heat.js'
// Measurement: what is watched, what is estimated from it, and checks against a truth.
export { observeTrajectories, type RecordedTrajectories } from './physics/observe/trajectories.js'
export { type FirstPassageTimes, observeFirstPassage } from './physics/observe/first-passage.js'
export { type FirstPassage, firstPassage } from './physics/observe/first-passage.js'
export { type Estimate, fractionOf, meanOf, zScore } from './physics/observe/estimate.js'
export { type BlockedMean, blockedMean } from './physics/observe/blocking.js'
export { type Autocovariance, autocovariance, correlationTime } from './physics/observe/autocorrelation.js'
export { type BootstrapOptions, bootstrap } from './physics/observe/bootstrap.js'
export { type ExponentialAverage, exponentialAverage } from './physics/observe/exponential-average.js'
export { type FreeEnergy, type JarzynskiEstimate, jarzynski } from './physics/observe/jarzynski.js'
export { type BennettEstimate, bennett } from './physics/observe/bennett.js'
export { type CrooksFit, crooksFit } from './physics/observe/crooks.js'
export { gaussianDensity, type LogDensity } from './physics/observe/gaussian-density.js'
export { type EntropyProduction, entropyProduction } from './physics/observe/entropy-production.js'
export { type IntegralFluctuation, integralFluctuation } from './physics/observe/entropy-production.js'
export { type SpeedLimit, speedLimit } from './physics/observe/speed-limit.js'
export { type SlicedWasserstein, slicedWasserstein } from './physics/observe/sliced-wasserstein.js'
export { covariance, meanPoint } from './physics/observe/moments.js'
export { type VirialResidual, virialResiduals } from './learning/evaluation/virial.js'
export { type Check, identityCheck, barCheck, statisticalCheck } from './physics/observe/check.js'
// Exact truths.
export { type Moments, relaxation, relaxationOfSteps } from './physics/truth/ornstein-uhlenbeck.js'
export { type BathOfUnits, stationaryCovariance, transientCovariance } from './physics/truth/harmonic.js'
export { type HarmonicProtocolLaw, harmonicProtocolLaw } from './physics/truth/harmonic-protocol.js'
export { type BoltzmannDensity, boltzmannDensity, boltzmannMoments } from './physics/truth/boltzmann.js'
export { boltzmannPairDensity, type PairDensity, pairAverage } from './physics/truth/boltzmann.js'
export { logPartition } from './physics/truth/partition.js'
export { type ChainLaw, chainLaw } from './physics/truth/chain-law.js'
export { type CurvatureBound, curvatureBound } from './physics/truth/curvature-bound.js'
export type { GaussianLaw } from './physics/observe/moments.js'
export { harmonicEquilibrium } from './physics/truth/harmonic-equilibrium.js'
export { type AnnealedPartition, type AnnealingOptions, annealedPartition } from './physics/truth/annealed-partition.js'
export { integratedPartition } from './physics/truth/annealed-partition.js'
export { type EnumeratedLaw, enumeratedLaw, mostJointStates } from './physics/truth/enumerated-law.js'
export { type IsingTorus, isingTorus, onsagerEnergy } from './physics/truth/ising-torus.js'
export { type HiddenMixture, hiddenMixture } from './physics/truth/hidden-mixture.js'
export { type MachineParameters, machineParameters } from './physics/potential/machine-parameters.js'
export { type BitMachine, fromBits, type MachineMeans } from './physics/potential/restricted-boltzmann.js'
export type { RestrictedBoltzmann } from './physics/potential/restricted-boltzmann.js'
export type { Layers } from './physics/potential/hidden-coupling.js'
export { type RestrictedEquilibrium, restrictedEquilibrium } from './physics/truth/restricted-boltzmann.js'
export {
  type Magnetisations,
  type Relaxation,
  type TapExpansion,
  type TapOrder,
  tapExpansion,
} from './physics/truth/tap.js'
export { type DraggedTrap, draggedTrapWork, type WorkLaw } from './physics/truth/dragged-trap.js'
export { type StiffnessChange, stiffnessFreeEnergy, stiffnessRampWork } from './physics/truth/stiffness-change.js'
export { energyOfUnit, kramersTime, meanFirstPassage } from './physics/truth/escape.js'
export { quarticMoment } from './physics/truth/quartic.js'
export { type ReverseNoisingTotals, reverseNoisingTotals } from './physics/truth/reverse-noising.js'
// What it learns from.
export type { GaussianMixture, MixtureOptions } from './learning/data/mixture.js'
export { createMixture, noisedMixture, sampleMixture } from './learning/data/mixture.js'
export { type DataLaw, drawSets, type KnownLaw } from './learning/data/law.js'
export { barsAndStripes } from './learning/data/bars-and-stripes.js'
export { densities } from './learning/data/densities.js'
export { type Component, type Density, isotropicMixture } from './learning/data/density.js'
export { type Classes, drawClasses, withLabels } from './learning/data/classes.js'
export {
  type DigitSet,
  everyNth,
  type ImageShape,
  type RawImages,
  type SplitDigits,
  type SplitImages,
  splitDigits,
} from './learning/data/digits.js'
export { driveExactScore } from './learning/data/score-drive.js'
// Learning by rules.
export { type Device, deviceOf, type Electronics, type FrozenRun } from './learning/rules/device.js'
export type { NoisedBatch, NoisingStep, PathOptions, Rule } from './learning/rules/rule.js'
export { createNoiser, type Noiser } from './learning/rules/noised-batch.js'
export { forceMatching, noisedLoss } from './learning/rules/force-matching.js'
export { implicitScoreMatching } from './learning/rules/implicit-score-matching.js'
export { type ContrastOptions, contrastiveDivergence } from './learning/rules/contrastive-divergence.js'
export { reversePath, stepsOf } from './learning/rules/reverse-path.js'
export { type NudgeOptions, nudgedForceMatching } from './learning/rules/nudged-force-matching.js'
export { type ApplicableRule, createRule, type RuleName, type RuleSettings, rulesFor } from './learning/rules/rules.js'
export { auditLocality, type LocalityRow, type Reading } from './learning/rules/locality.js'
export { type LeastSquaresResult, leastSquares } from './learning/rules/least-squares.js'
export { type AdamOptions, type AdamState, adamStep, createAdam } from './learning/rules/adam.js'
export { createDescent, type DescentOptions, type DescentState } from './learning/rules/descent.js'
export { lowerBounds, stepScale, startParameters } from './learning/rules/parameter-scales.js'
// Learning by objectives: states whose contrast is the gradient.
export { type Arithmetic, type Evaluations, float64, type KnownStep } from './learning/objectives/arithmetic.js'
export type { Tether, Walk, WeighedStep } from './learning/objectives/arithmetic.js'
export { type Cost, createLandscape, type Landscape } from './learning/objectives/landscape.js'
export { contrast, dataPhase, type Locality, type Objective, type Phase } from './learning/objectives/objective.js'
export {
  type ComputedPhase,
  type DataPhase,
  type MeansOptions,
  meansObjective,
} from './learning/objectives/objective.js'
export { clampedData, withMeanHidden } from './learning/objectives/clamped-data.js'
export { uncoupledWalkers } from './learning/objectives/uncoupled-walkers.js'
export { magnetisationsAt, randomMagnetisations, type TapOptions, tapObjective } from './learning/objectives/tap.js'
export { type DescentSettings, descend } from './learning/objectives/descend.js'
export { type Move, moveBy } from './learning/objectives/moves.js'
export { type ChainOptions, chainObjective } from './learning/objectives/contrastive-divergence.js'
export { type NceOptions, nceObjective } from './learning/objectives/nce.js'
export {
  type PairObjective,
  type PairObjectiveOptions,
  pairLogits,
  pairObjective,
} from './learning/objectives/pair-energy.js'
export { higherOfTwo, pairScores, scorePairs } from './learning/objectives/energy-filter.js'
export * from './learning/objectives/paths.js'
export * from './learning/objectives/path-action.js'
export { type Imitation, type ImitationOptions, imitationObjective } from './learning/objectives/imitation.js'
export { imitateLags, type LagImitationOptions, type LocalPolicy } from './learning/objectives/lag-imitation.js'
export type { JarzynskiOptions, WeightedMove } from './learning/objectives/jarzynski.js'
export { jarzynskiObjective, weightedByWork, weightedLangevin, weightedMove } from './learning/objectives/jarzynski.js'
export * from './learning/objectives/walkers.js'
export { exactStates } from './learning/objectives/exact-states.js'
export { tethered } from './learning/objectives/tether.js'
export { noiseLevels, type RecoveryOptions, recoveryObjective } from './learning/objectives/recovery-likelihood.js'
export { gaussLegendre, lineIntegral, simpson, trapezoid } from './learning/objectives/line-integral.js'
export { metropolisMove } from './learning/objectives/line-integral.js'
export { noisedMixtureLaw, noisedNetworkLaw, type NoisedLaw } from './learning/objectives/noised-law.js'
export { type DenoisingOptions, denoisingParameters } from './learning/objectives/denoising.js'
export * from './learning/objectives/displacement.js'
export * from './learning/objectives/euler-flow.js'
export * from './learning/objectives/falcon.js'
export * from './learning/objectives/fine-flow.js'
export * from './learning/objectives/noised-states.js'
export { type LossShares, type PathEnergy, scoreAndClassGradient } from './learning/objectives/score-and-class.js'
export { type Composition, fillNoise, guidedStep, select } from './learning/objectives/feynman-kac.js'
export { type Covariance, gibbsSweep } from './learning/objectives/moment-matching.js'
export { effectiveSampleSize, normalised, systematicResampling } from './physics/observe/log-weights.js'
// How well it generates.
export { bridgeMass } from './learning/evaluation/bridge.js'
export { logPseudoLikelihoods, negativeLogLikelihood, visibleLogWeights } from './learning/evaluation/likelihood.js'
export { energyDistance } from './learning/evaluation/energy-distance.js'
export { frechetDistance } from './learning/evaluation/frechet.js'
export { type LawMeasure, mixtureBridge, mixtureMeasures, modeWeightError } from './learning/evaluation/mixture.js'
export { nearestDistance } from './learning/evaluation/nearest-training.js'
export { oneNearestNeighbour } from './learning/evaluation/nearest-neighbour.js'
// What computes it.
export { type Backend, type Demand, roundoff, type Simulation } from './backend/backend.js'
export type { Descent, Learner, LearningTask } from './backend/backend.js'
export { type SimulationOptions, simulationOf } from './backend/simulation.js'
export { type EnsembleFrame, type FramesOptions, framesOn } from './backend/frames.js'
export { createReference } from './backend/reference.js'
export { createWasm } from './backend/wasm/wasm.js'
export { breathe, type Hooks, type Keeper, type Progress } from './backend/hooks.js'
export { type Resumed, restore, resumed, type SimulationHooks, type SimulationState } from './backend/resume.js'
// The loop that trains on it.
export { type LearningSummary, learningSummary, type MetricLine, type SliceLosses } from './learning/training/losses.js'
export {
  createTrainingState,
  train,
  type TrainingHooks,
  type TrainingState,
} from './learning/training/train.js'
export type { TrainingOptions, TrainingTask } from './learning/training/task.js'
export type { OptimizerOptions, SettleOptions, StageOptions } from './learning/training/stages.js'
export { type RefineOptions, type RefineRun, refine } from './learning/training/refine.js'
