import { parentPort } from 'node:worker_threads'
import { serveJobs } from '../../src/experiment/executor/messages.js'
import { lastingProbe, probe } from './probe.js'

parentPort!.on(
  'message',
  serveJobs([probe, lastingProbe], (message) => parentPort!.postMessage(message)),
)
