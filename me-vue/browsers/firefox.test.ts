import { android, desktop, iPad, iPhone, olderIPhone } from './devices.ts'
import { openFirefox } from './firefox.ts'
import { flows } from './flows.ts'

flows('Firefox', openFirefox, [iPhone, olderIPhone, iPad, android, desktop])
