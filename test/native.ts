import { sameAsWasm } from '../src/backend/node/native.js'

/**
 * The kernels as this machine's compiler makes them, in the cache of the suite (test/suite-folder.ts).
 *
 * @returns the path of the library, or null: tests that need it are then skipped
 * @throws when REQUIRE_PEERS is set, as .ci/run does, and there is no compiler that can; and when it made others than WebAssembly's
 */
export async function nativeLibrary(): Promise<string | null> {
  try {
    return await sameAsWasm()
  } catch (error) {
    if (process.env.REQUIRE_PEERS || !/there is no C compiler|does not compile/.test(String(error))) throw error
    return null
  }
}
