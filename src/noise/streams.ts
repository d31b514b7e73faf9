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
  classes: 11,
  resampling: 12,
  noisedStates: 20,
  noisedTimes: 21,
  contrastNoise: 22,
} as const
