import { android, desktop, olderIPhone } from './devices.ts'
import { openFirefox } from './firefox.ts'
import { flows } from './flows.ts'

/** Without what came to Safari after 16.4. On an iPhone and an iPad every browser is WebKit, so that Firefox is none. */
const older = { ...olderIPhone, name: 'a browser as old as Safari 16.4', userAgent: android.userAgent }

flows('Firefox', openFirefox, [older, android, desktop])
