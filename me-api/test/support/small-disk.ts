import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Megabytes of a small disk: a new PostgreSQL takes 40, and its log some more. */
const SMALL = 128

export type SmallDisk = NonNullable<ReturnType<typeof mountSmallDisk>>

/**
 * A disk that can be filled: a file system of its own in memory. Null where it may not be made, which takes the rights of
 * root, or `sudo` without a password; most containers have neither.
 */
export function mountSmallDisk() {
  const disk = mkdtempSync(join(tmpdir(), 'me-disk-'))
  const [folder, ballast] = [join(disk, 'folder'), join(disk, 'ballast')]
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  function asRoot(...args: string[]): void {
    const [program = '', ...rest] = [...sudo, ...args]
    execFileSync(program, rest, { stdio: 'ignore' })
  }
  try {
    asRoot('mount', '-t', 'tmpfs', '-o', `size=${SMALL}m,mode=777`, 'tmpfs', disk)
  } catch {
    rmdirSync(disk)
    return null
  }
  mkdirSync(folder)
  return {
    folder,

    /** Nothing more can be stored, until `free`. */
    fill(): void {
      const file = openSync(ballast, 'a')
      try {
        for (let size = 1024 * 1024; size >= 1; size /= 2) fillBy(file, Buffer.alloc(size))
      } finally {
        closeSync(file)
      }
    },

    free: () => rmSync(ballast),

    unmount(): void {
      asRoot('umount', disk)
      rmdirSync(disk)
    },
  }
}

/** Writes a block again and again, until there is no room for another one. */
function fillBy(file: number, block: Buffer): void {
  try {
    for (;;) writeSync(file, block)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}
