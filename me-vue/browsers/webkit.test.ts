import { android, desktop, iPad, iPhone } from './devices.ts'
import { flows } from './flows.ts'
import { openWebKit } from './webkit.ts'

flows('WebKit', openWebKit, [iPhone, iPad, android, desktop])
