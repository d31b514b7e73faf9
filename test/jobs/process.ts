import { serveJobs } from '../../src/experiment/executor/messages.js'
import { lastingProbe, probe } from './probe.js'

process.on(
  'message',
  serveJobs([probe, lastingProbe], (message) => process.send!(message)),
)
