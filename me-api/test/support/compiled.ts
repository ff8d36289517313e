import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where programs that tests start keep their compiled sources: a start takes a third less time with it. */
export const compiled = { NODE_COMPILE_CACHE: join(tmpdir(), 'me-test-compiled') }
