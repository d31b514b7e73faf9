// `npm run soak -- --minutes 60 --csv soak.csv`: whether a process that goes on for an hour grows. Threads and pages are those of
// dist/; all else is bundled from the sources, as the command line is.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { rolldown } from 'rolldown'

/** Within the package, which finds itself by where it is. */
const folder = `soak.${process.pid}.tmp`
try {
  const build = await rolldown({ input: { main: 'test/soak/main.ts' }, platform: 'node' })
  await build.write({ dir: folder, format: 'esm' })
  await build.close()
  const args = [`${folder}/main.js`, ...process.argv.slice(2)]
  process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
