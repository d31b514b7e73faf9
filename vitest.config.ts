import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'

/**
 * The everyday suite; test/slow/ holds what takes minutes. Files share processes: importing the simulator anew for each would take
 * longer than most of the tests. As many processes as there are cores: one more would import it once more, nine seconds of a processor.
 */
export default defineConfig({
  // The examples, against the source.
  resolve: { alias: { overdamped: resolve('src/index.ts') } },
  test: {
    isolate: false,
    maxWorkers: availableParallelism(),
    exclude: [...configDefaults.exclude, 'test/slow/**'],
    globalSetup: ['test/build.ts', 'test/suite-folder.ts'],
    testTimeout: 60_000,
    // Chromium takes more than the usual ten seconds to start where every core is at work.
    hookTimeout: 60_000,
  },
})
