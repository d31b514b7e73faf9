import fc from 'fast-check'
import { errorCodes, OverdampedError } from '../../src/errors.js'

/*
 * What the tests of hostile input share. In the everyday suite their inputs come from fixed seeds. `npm run fuzz` runs each property
 * for FUZZ_SECONDS (60 if not set) with fresh seeds. A failure prints its seed and path; it is repeated, alone, by
 *
 *   FUZZ_SEED=… FUZZ_PATH=… npm run fuzz -- test/fuzz/FILE.test.ts -t 'name of the test'
 */

const seconds = Number(process.env.FUZZ_SECONDS ?? 0)
const { FUZZ_SEED: givenSeed, FUZZ_PATH: givenPath } = process.env

/** Whether inputs have fresh seeds and a property takes seconds, and so may have larger ones. */
export const isLong = seconds > 0

/** Seconds of processor time that one input may take: input of a megabyte takes a tenth of it, what grows faster is seen. */
const patience = 2
/** Bytes that may be allocated for any input, and for each byte of it. The parsers of text make an object of each token. */
const allowance = { constant: 2 ** 24, factor: 400 }
/** Characters: a message is a sentence or two. */
const longestMessage = 1000

let inputs = 0
/** How many inputs were tried by this file so far. */
export const inputsTried = () => inputs

/**
 * Tries `runs` inputs in the everyday suite, as many as there is time for in a long run.
 *
 * @param seed - of the everyday suite
 * @param attempt - what must return or throw an OverdampedError; `sizeOf` the bytes that it has to read
 * @param holds - throws where what `attempt` returned is wrong
 * @returns how many were accepted
 * @throws with seed and path where an input hangs, takes memory out of proportion, or ends in another error
 */
export async function fuzz<Input, Value>(
  seed: number,
  runs: number,
  inputsOf: fc.Arbitrary<Input>,
  sizeOf: (input: Input) => number,
  attempt: (input: Input) => Value | Promise<Value>,
  holds: (value: Value, input: Input) => void,
): Promise<number> {
  let accepted = 0
  const property = fc.asyncProperty(inputsOf, async (input) => {
    inputs++
    const outcome = await watched(() => attempt(input), sizeOf(input))
    if (outcome.error !== undefined) return requireRefusal(outcome.error)
    accepted++
    holds(outcome.value as Value, input)
  })
  await fc.assert(property, {
    seed: givenSeed === undefined ? (isLong ? freshSeed() : seed) : Number(givenSeed),
    ...(givenPath === undefined ? {} : { path: givenPath }),
    // To make a case smaller takes as many tries again, each of which may hang: seed and path are enough to debug it.
    endOnFailure: true,
    ...(isLong
      ? { numRuns: 2 ** 31, interruptAfterTimeLimit: 1000 * seconds, markInterruptAsFailure: false }
      : { numRuns: runs }),
  })
  if (isLong) console.log(`${inputs} inputs so far, ${accepted} of this property accepted`)
  return accepted
}

const freshSeed = () => Math.floor(Math.random() * 2 ** 31)

/** What a call gives, or what it throws, within the bounds of time and memory. */
async function watched<Value>(
  call: () => Value | Promise<Value>,
  size: number,
): Promise<{ value?: Value; error?: unknown }> {
  const start = process.cpuUsage()
  const before = process.memoryUsage()
  let outcome: { value?: Value; error?: unknown }
  try {
    outcome = { value: await call() }
  } catch (error) {
    outcome = { error: error ?? new Error('threw nothing') }
  }
  const after = process.memoryUsage()
  const { user, system } = process.cpuUsage(start)
  if ((user + system) / 1e6 > patience) throw new Error(`took ${(user + system) / 1e6} s for ${size} bytes`)
  // What is collected meanwhile makes these smaller, never larger.
  const taken = Math.max(after.arrayBuffers - before.arrayBuffers, after.heapUsed - before.heapUsed)
  if (taken > allowance.constant + allowance.factor * size) throw new Error(`took ${taken} bytes for ${size}`)
  if (({} as { polluted?: unknown }).polluted !== undefined) throw new Error('changed the prototype of all objects')
  return outcome
}

/** Throws whatever is no refusal as users are to see it: a code, a place, and one printable line that is not long. */
export function requireRefusal(error: unknown): asserts error is OverdampedError {
  if (!(error instanceof OverdampedError)) throw error
  const { code, where, message } = error
  const wrong = [
    ...(Object.hasOwn(errorCodes, code) ? [] : ['has no code']),
    ...(where === '' ? ['says no place'] : []),
    ...(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(message) ? ['is not one printable line'] : []),
    ...(message.length > longestMessage ? [`has ${message.length} characters`] : []),
    ...(/ {4}at /.test(message) ? ['shows a stack'] : []),
    ...(message.endsWith(` [${code}]`) ? [] : ['does not end in its code']),
  ]
  if (wrong.length > 0)
    throw new Error(`the message ${wrong.join(', ')}: ${JSON.stringify(message.slice(0, 2 * longestMessage))}`)
}
