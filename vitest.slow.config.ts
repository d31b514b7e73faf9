import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/slow/**/*.test.ts', 'test/fuzz/scenarios.test.ts'],
    env: { FUZZ_SETTINGS: '3000' },
    globalSetup: ['test/build.ts', 'test/suite-folder.ts'],
    testTimeout: 1_800_000,
    // An install is taken away file by file.
    hookTimeout: 120_000,
  },
})
