// Independent work on an executor of your own: each job in a process of its own. Its outputs beside those of the calling thread.
// Run it with `node examples/executor.mjs` after `npm ci`; test/interface/examples.test.ts holds it to its truth.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as od from 'overdamped'

const processes = od.executorOf(
  2,
  (kind, input, hooks) =>
    new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(import.meta.url), ['job'], { serialization: 'advanced' })
      const stop = () => child.kill()
      hooks.signal.addEventListener('abort', stop)
      child.on('message', (/** @type {import('overdamped').JobMessage} */ message) => {
        const end = od.heardOf(message, hooks)
        if (end !== null) child.disconnect()
        if (end !== null && 'output' in end) resolve(/** @type {never} */ (end.output))
        else if (end !== null) reject(end.error)
      })
      child.on('exit', (code) => {
        hooks.signal.removeEventListener('abort', stop)
        reject(new od.OverdampedError('E_BACKEND', `its process ended (${code})`, `${kind.name} ${input.index + 1}`, 1))
      })
      child.send({ kind: kind.name, input })
    }),
)

/** @param {import('overdamped').Executor} executor */
async function repetitions(executor) {
  const text = `{ name: own, data: { source: gaussian-mixture, means: [[1]], width: 1, samples: 500 }, network: { visible: { units: 1 } },
    potential: { onsite: [stiffness, bias] }, objective: { kind: contrastive-divergence, iterations: 5, start: { stiffness: 1 } } }`
  const scenario = await od.parseScenario(text, 'executor.mjs')
  const jobs = [1, 2, 3].map((seed, index) => ({ scenario, seed, index }))
  return Promise.all(od.jobKinds.slice(0, 1).map((kind) => executor.map(kind, jobs)))
}

const isChild = process.argv[2] === 'job'
if (isChild)
  process.on(
    'message',
    od.serveJobs(od.jobKinds, (message) => process.send?.(message)),
  )
export const found = isChild ? [] : await repetitions(processes)
export const truth = isChild ? [] : await repetitions(od.callingThread)
if (!isChild) console.log(`outputs ${JSON.stringify(found) === JSON.stringify(truth) ? 'are the same' : 'differ'}`)
