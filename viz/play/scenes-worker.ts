import { serveScenes } from '../../src/play/scenes/serve.js'
import { portToPage } from './port.js'

serveScenes(portToPage())
