import preset from '../jest.preset.js'

export default { ...preset, displayName: 'me-vue' }
