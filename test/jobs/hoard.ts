import { createThreads } from '../../src/experiment/executor/threads.js'
import { probe } from './probe.js'

// A program one of whose jobs fills its memory, in a thread, and that says what came of it and does the next.
const { log } = console
const executor = createThreads(1, process.argv[2]!)
const job = (act: 'hoard' | 'draw') => ({ scenario: {} as never, seed: 7, index: 0, act, after: 0, file: '' })
await executor.map(probe, [job('hoard')]).catch((error: Error) => log(error.message))
const [drawn] = await executor.map(probe, [job('draw')])
log(drawn!.normals.length)
