import { join } from 'node:path'
import { OverdampedError } from '../../src/errors.js'
import { appendLine, writeAtomic } from '../../src/experiment/files/atomic.js'
import { claim, type LeaseTerms, type Ownership } from '../../src/experiment/record/claim.js'

/** What a process that owns directories is told. */
export type Wish =
  | { readonly wish: 'claim'; readonly directory: string; readonly terms?: Partial<LeaseTerms> }
  | { readonly wish: 'write' | 'append'; readonly directory: string; readonly text: string }
  | { readonly wish: 'release' }

/** What came of it. */
export type Answer =
  | { readonly done: string; readonly notes: readonly string[] }
  | { readonly error: string; readonly exitCode: number | null; readonly notes: readonly string[] }

let ownership: Ownership | null = null
const notes: string[] = []

async function fulfil(wish: Wish): Promise<void> {
  if (wish.wish === 'claim') {
    const { directory, terms = {} } = wish
    const onNote = (line: string) => void notes.push(line)
    ownership = await claim(directory, 'run.lock', { owns: () => true, onNote, terms })
  } else if (wish.wish === 'write') writeAtomic(join(wish.directory, 'file'), wish.text)
  else if (wish.wish === 'append') appendLine(join(wish.directory, 'lines'), wish.text)
  else ownership?.release()
}

process.on('message', async (wish: Wish) => {
  notes.length = 0
  try {
    await fulfil(wish)
    process.send!({ done: wish.wish, notes } satisfies Answer)
  } catch (error) {
    const exitCode = error instanceof OverdampedError ? error.exitCode : null
    process.send!({ error: String(error), exitCode, notes } satisfies Answer)
  }
})
