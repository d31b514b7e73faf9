import { parentPort } from 'node:worker_threads'
import { serveJobs } from '../executor/messages.js'
import { jobKinds } from './kinds.js'

// A thread that does jobs, one after the other.
const port = parentPort!
port.on(
  'message',
  serveJobs(jobKinds, (message) => port.postMessage(message)),
)
