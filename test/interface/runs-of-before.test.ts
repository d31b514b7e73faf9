import { createHash } from 'node:crypto'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { bitsGeneration } from '../../src/experiment/record/manifest.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { writeReport } from '../../viz/report.js'
import { command } from '../command.js'
import { runFolders } from '../run-folder.js'

// Run directories that version 0.1.0 wrote, and hashes of what it went on to write from them with --threads 1.

const folder = runFolders()

function copyOf(name: string): string {
  const copy = folder()
  cpSync(join('test/fixtures/runs-0.1.0', name), copy, { recursive: true })
  return copy
}

const hash = (directory: string, name: string) =>
  createHash('sha256')
    .update(readFileSync(join(directory, name)))
    .digest('hex')
const json = (directory: string, name: string) => JSON.parse(readFileSync(join(directory, name), 'utf8'))

test.each([
  ['simulation', ['ornstein-uhlenbeck', 'autocorrelation of x']],
  ['trained', ['gaussian-mixture-2d', 'frechetDistance', 'first law']],
  ['hidden', ['gaussian-mixture-2d-hidden', 'hidden']],
  ['objective', ['jarzynski', 'weight']],
])('report writes a page of a run of version 0.1.0: %s', (name, words) => {
  const page = readFileSync(writeReport(copyOf(name)), 'utf8')
  for (const word of words) expect(page).toContain(word)
})

test.each([
  [
    'trained',
    '68ebf02e3095d61720439b63816fcce61a7212571c568267394e257af1023c73',
    '21c1afd001feb719df04fdd3c2890deea6e0deb82de786b6aa2c664c1dd302cc',
  ],
  [
    'hidden',
    '2d295248ad4338755d9228647bf7fa9dc077ccfd4a5fa3d59116a1d6a4c42f25',
    '6f62c196721e8a81c92f65a8409e18ce92645e6a4dac6d08c274c04c3831993f',
  ],
])('sample draws from a run of version 0.1.0 the bits that that version drew: %s', async (name, raw, denoised) => {
  const out = folder()
  const options = ['--trajectories', '50', '--seed', '7', '--threads', '1', '--quiet', '--out', out]
  const { status, stderr } = await command('sample', copyOf(name), ...options)
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(hash(out, 'samples.npy')).toBe(raw)
  expect(hash(out, 'samples-denoised.npy')).toBe(denoised)
})

const points = () => loadScenario('test/fixtures/points.yaml')

test('a run that version 0.1.0 began is refused: training has other bits since', async () => {
  const directory = copyOf('stopped')
  await expect(run(await points(), { directory, resume: true, threads: 1 })).rejects.toThrow(
    /begun by version 0\.1\.0, whose results have other bits.*E_RUN_DIRECTORY/,
  )
})

test('an unfinished run in other bits is refused by the version that began it, a finished one returned as it is', async () => {
  const directory = copyOf('stopped')
  const begunBy = (version: string, bits: number) => {
    // Without its checksum, as that version wrote it.
    const { sha256: _, ...written } = json(directory, 'manifest.json')
    const manifest = { ...written, bits, package: { name: 'overdamped', version } }
    writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest))
  }
  const resumed = async () => run(await points(), { directory, resume: true, threads: 1 })
  begunBy('9.8.7', bitsGeneration + 1)
  const checkpoint = hash(directory, 'checkpoint.safetensors')
  await expect(resumed()).rejects.toThrow(
    /begun by version 9\.8\.7, whose results have other bits than those of this version \d.*--out.*E_RUN_DIRECTORY/,
  )
  expect(hash(directory, 'checkpoint.safetensors')).toBe(checkpoint)
  begunBy('9.8.7', bitsGeneration)
  // No version in these bits wrote such a checkpoint.
  await expect(resumed()).rejects.toThrow(
    /checkpoint\.safetensors: expected an overdamped checkpoint of version 3.*E_FORMAT/,
  )
  rmSync(join(directory, 'checkpoint.safetensors'))
  const results = await resumed()
  // Version 0.1.0 recorded a path relative to the current directory.
  expect(readFileSync(join(directory, 'scenario.yaml'), 'utf8')).toContain(
    `path: ${resolve('test/fixtures/points.csv')}`,
  )
  begunBy('9.8.7', bitsGeneration + 1)
  expect(await resumed()).toEqual(JSON.parse(JSON.stringify(results)))
})
