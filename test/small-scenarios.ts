/** A scenario file of one unit in a trap, started at the origin. */
export const trap = (name: string, sampling: string, duration = 1) => `name: ${name}
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
protocol: { duration: ${duration}, parameters: { stiffness: 1 } }
initial: { kind: point, x: 0 }
sampling: { ${sampling} }
checks: []
`

/** A scenario file that learns two Gaussians in two iterations. */
export const mixture = `name: mixture
data: { source: gaussian-mixture, means: [[1, 1], [-1, -1]], width: 0.3, samples: 100 }
network: { visible: { units: 2 } }
potential: { onsite: [stiffness], pair: [bilinear] }
learning: { iterations: 2 }
noising: { slices: 2 }
sampling: { trajectories: 10 }
checks: []
`
