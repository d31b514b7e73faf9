import { defineConfig } from 'vitest/config'

/** Hostile input from fresh seeds: each property for FUZZ_SECONDS. */
export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.test.ts'],
    globalSetup: ['test/suite-folder.ts'],
    env: { FUZZ_SECONDS: process.env.FUZZ_SECONDS ?? '60' },
    // A property that hangs says so when it ends; the files one after another, or their times would tell of each other.
    testTimeout: 3_600_000,
    fileParallelism: false,
  },
})
