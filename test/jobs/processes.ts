import { fork } from 'node:child_process'
import { OverdampedError, StoppedError } from '../../src/errors.js'
import { type Executor, executorOf } from '../../src/experiment/executor/executor.js'
import { heardOf, type JobMessage } from '../../src/experiment/executor/messages.js'

/** An executor that nothing in src/ knows of: a process for each job. */
export function createProcesses(atATime: number, entry: string): Executor {
  return executorOf(
    atATime,
    (kind, input, hooks) =>
      new Promise((resolve, reject) => {
        const child = fork(entry, { serialization: 'advanced' })
        const stop = () => (kind.writes !== 'nothing' ? child.connected && child.send('stop') : child.kill('SIGKILL'))
        let end: ReturnType<typeof heardOf> = null
        child.on('message', (message: JobMessage) => {
          end = heardOf(message, hooks)
          if (end !== null) child.disconnect()
        })
        child.on('exit', (code, signal) => {
          hooks.signal.removeEventListener('abort', stop)
          const died = `its process ended (exit code ${code ?? signal})`
          if (end === null)
            reject(
              hooks.signal.aborted
                ? new StoppedError()
                : new OverdampedError('E_BACKEND', died, `${kind.name} ${input.index + 1} (seed ${input.seed})`, 1),
            )
          else if ('error' in end) reject(end.error)
          else resolve(end.output as never)
        })
        hooks.signal.addEventListener('abort', stop)
        try {
          child.send({ kind: kind.name, input })
        } catch (error) {
          child.kill()
          reject(error)
        }
      }),
  )
}
