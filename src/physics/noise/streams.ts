/**
 * What a random number is for: the fourth word of the Philox counter. Two uses never share a stream, so adding draws to
 * one leaves the others as they were. The numbers are frozen: changing one changes every run.
 */
export const stream = {
  dynamics: 0,
  initial: 1,
  trainingNoise: 2,
  minibatch: 3,
  lossNoise: 4,
  oracleNoise: 5,
  data: 6,
  evaluation: 7,
  start: 8,
  bootstrap: 9,
  acceptance: 10,
  contrast: 11,
  noisingPath: 12,
  classes: 13,
  hidden: 14,
  refinement: 15,
  resampling: 16,
  noisedStates: 20,
  noisedTimes: 21,
  contrastNoise: 22,
  diffusion: 26,
  ancestral: 27,
  initialiser: 28,
  gibbs: 29,
  // 30 was distorted copies of images: a number that was in use is given to nothing else.
  stretches: 31,
  givenNoise: 32,
  freeLabels: 33,
  passes: 40,
  slices: 44,
  clampedHidden: 48,
} as const
