import { expect, test } from 'vitest'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { philox4x32 } from '../../src/physics/noise/philox.js'
import { stream } from '../../src/physics/noise/streams.js'

// Frozen bits: a change here changes every run that anybody has made.

const hex = (words: Int32Array) => [...words].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join(' ')

test.each([
  [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
  [[-1, -1, -1, -1], [-1, -1], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
])('Philox4x32-10 gives the known answer of Random123 for counter %j', ([c0, c1, c2, c3], [k0, k1], answer) => {
  const out = new Int32Array(4)
  philox4x32(c0!, c1!, c2!, c3!, k0!, k1!, out)
  expect(hex(out)).toBe(answer)
})

test('the stream of normals is frozen', () => {
  const out = new Float64Array(2 * 20)
  fillNormals(2 ** 40 + 7, stream.dynamics, 3, 2, 0, 20, out)
  expect([...out].map((value) => value.toString())).toMatchInlineSnapshot(`
    [
      "-0.38506871461868286",
      "-0.9905300140380859",
      "-0.4934089481830597",
      "-2.099414825439453",
      "0.22237281501293182",
      "-1.2378290891647339",
      "0.7505071759223938",
      "0.6070345640182495",
      "-0.7273613214492798",
      "-1.0292572975158691",
      "-1.1675760746002197",
      "-0.30365249514579773",
      "-0.9176537990570068",
      "0.394504189491272",
      "1.1820927858352661",
      "1.9736775159835815",
      "1.5236150026321411",
      "-0.7103012204170227",
      "0.5198304057121277",
      "0.3710099160671234",
      "1.413766622543335",
      "0.23470978438854218",
      "-0.2378184050321579",
      "-0.4905969202518463",
      "-0.7182316780090332",
      "-1.1526373624801636",
      "0.29844221472740173",
      "1.796241283416748",
      "0.46100950241088867",
      "0.4360122084617615",
      "1.357234001159668",
      "0.30972185730934143",
      "-0.0616581030189991",
      "-0.7344131469726562",
      "0.7662026882171631",
      "-0.021001039072871208",
      "-0.3962174952030182",
      "0.22511842846870422",
      "0.16564396023750305",
      "-0.003546810243278742",
    ]
  `)
})

test('the numbers of the streams are frozen', () => {
  expect(stream).toEqual({
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
    stretches: 31,
    givenNoise: 32,
    freeLabels: 33,
    passes: 40,
    slices: 44,
    clock: 45,
    clockNoise: 46,
    clampedHidden: 48,
    perturbation: 60,
    kicks: 61,
    table: 62,
    pairLaw: 70,
    pairs: 71,
    recordedPaths: 72,
    policyPaths: 73,
    replay: 80,
    active: 81,
    equilibrium: 90,
    relaxation: 91,
    grid: 100,
    fabrication: 110,
    disorderDrift: 111,
    forceNoise: 112,
    forceDrift: 113,
    readout: 114,
    updateNoise: 115,
    updateDrift: 116,
    updateRounding: 117,
    storage: 118,
    teacherStart: 130,
    teacherBatch: 131,
    lessons: 132,
    wrongLessons: 133,
    answers: 134,
    projection: 120,
    computerNoising: 121,
    computerErrors: 122,
    computerDrift: 123,
    computerRounding: 124,
  })
})
