import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'

/** Tests that change what others of their process would see: the working directory, modules, the Worker of Node.js. */
const alone = ['test/interface/{elsewhere,hostile,mnist,threads}.test.ts']
const slow = [...configDefaults.exclude, 'test/slow/**']

/**
 * The everyday suite; test/slow/ holds what takes minutes. Files share processes, as many as there are cores: importing the
 * simulator anew for each would take longer than most of the tests.
 */
export default defineConfig({
  // The examples, against the source.
  resolve: { alias: { overdamped: resolve('src/index.ts') } },
  test: {
    maxWorkers: availableParallelism(),
    projects: [
      {
        extends: true,
        test: { name: 'shared', isolate: false, include: ['test/**/*.test.ts'], exclude: [...slow, ...alone] },
      },
      { extends: true, test: { name: 'alone', include: alone, exclude: slow } },
    ],
    globalSetup: ['test/build.ts', 'test/suite-folder.ts'],
    testTimeout: 60_000,
  },
})
