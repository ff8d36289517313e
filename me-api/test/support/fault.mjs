// Loaded into a server with Node's `--import`: on SIGUSR2 something happens that nobody handles.
const faults = {
  exception: () => {
    throw new Error('on purpose')
  },
  rejection: () => void Promise.reject(new Error('on purpose')),
  // What the kernel tells a server that is out of file descriptors.
  accept: () => {
    const [server] = process.getActiveResourcesInfo().includes('TCPServerWrap')
      ? process._getActiveHandles().filter((handle) => typeof handle.getConnections === 'function')
      : []
    for (let time = 0; time < 3; time++) server.emit('error', new Error('accept EMFILE'))
  },
}
process.on('SIGUSR2', () => setImmediate(faults[process.env.FAULT]))
