import { join } from 'node:path'
import { writePlayPage } from '../../../viz/play/page.js'
import { usageError } from '../../errors.js'
import { writeAtomic } from '../../experiment/files/atomic.js'
import { inWords } from '../../experiment/files/shell.js'
import { playedRun } from '../../experiment/play/network-record.js'

/** Options of `overdamped play`. */
export interface PlayArguments {
  'run-or-scenario': string
  out: string | undefined
  bits: number
  unpacked: string | undefined
}

/** Does what `overdamped play` asks. */
export async function handle({ 'run-or-scenario': run, out, bits, unpacked }: PlayArguments): Promise<void> {
  if (unpacked !== undefined && !unpacked.endsWith('.safetensors'))
    throw usageError('expected a name that ends in .safetensors.', `--unpacked ${unpacked}`)
  const command = inWords([
    ...['npx', 'overdamped', 'play', run, '--bits', String(bits)],
    ...(unpacked === undefined ? [] : ['--unpacked', unpacked]),
  ])
  const page = out ?? join(run, 'play.html')
  const { record, parameters } = await playedRun(run, { bits, command })
  if (unpacked !== undefined) writeAtomic(unpacked, parameters)
  writePlayPage(record, page)
  console.log(page)
}
