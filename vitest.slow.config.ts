import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/slow/**/*.test.ts'],
    globalSetup: ['test/build.ts', 'test/suite-folder.ts'],
    testTimeout: 1_800_000,
  },
})
