import { configDefaults, defineConfig } from 'vitest/config'

/** The everyday suite; test/slow/ holds what takes minutes. */
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], exclude: [...configDefaults.exclude, 'test/slow/**'], testTimeout: 60_000 },
})
