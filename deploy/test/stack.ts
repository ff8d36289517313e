import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Milliseconds that a command may take: what hangs is to fail, not to hold everything up. */
const COMMAND_MAX = 180_000
const BUILD_MAX = 900_000

const repository = join(import.meta.dirname, '../..')

/** Ends the run in one line where there is no engine: nothing here could be tested without. */
export function needEngine(): void {
  const { status, stderr, error } = spawnSync('docker', ['info', '--format', '{{.ServerVersion}}'], {
    encoding: 'utf8',
  })
  const compose = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' })
  if (status === 0 && compose.status === 0) return
  const reason = error ? 'docker is not installed' : stderr.trim() || 'docker compose is not installed'
  process.stderr.write(`No Docker engine here: ${reason}\n`)
  process.exit(1)
}

/** What is in the working tree, and nothing else: no `.env`, no `node_modules`, as a clone has it. */
export function cleanCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'me-compose-'))
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
  })
  for (const file of listed.split('\0').filter(Boolean)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true })
    cpSync(join(repository, file), join(folder, file))
  }
  return folder
}

/**
 * The version before this one: the newest tag that has images, else the commit that last changed what they are built
 * from. Null where history does not reach that far, as in a shallow clone.
 */
export function previousVersion(): { name: string; folder: string } | null {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).trim()
  const tags = git('tag', '--list', 'v*', '--sort=-v:refname', '--no-contains', 'HEAD').split('\n')
  const last = git('log', '-1', '--format=%H', '--', '.dockerignore')
  const has = (commit: string) =>
    spawnSync('git', ['cat-file', '-e', `${commit}:me-api/Dockerfile`], { cwd: repository }).status === 0
  const name = [...tags, last].filter(Boolean).find(has)
  if (!name) return null
  const folder = mkdtempSync(join(tmpdir(), 'me-previous-'))
  execFileSync('sh', ['-c', 'git archive "$1" | tar -x -C "$2"', 'sh', name, folder], { cwd: repository })
  return { name, folder }
}

/** `docker compose` in a folder, as a project of its own that `remove` takes away with its data. */
export function createStack(folder: string, port: number) {
  const project = `me-test-${process.pid}`
  const base = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DOCKER_HOST: process.env['DOCKER_HOST'],
    DOCKER_CONFIG: process.env['DOCKER_CONFIG'],
    COMPOSE_PROJECT_NAME: project,
    ME_IMAGES: project,
    WEB_PORT: String(port),
  }
  let settings: Record<string, string> = {}

  function run(file: string, args: string[], more: Record<string, string> = {}) {
    const env = { ...base, ...settings, ...more }
    return new Promise<{ code: number; out: string; err: string }>((resolve) => {
      execFile(
        file,
        args,
        { cwd: folder, env, maxBuffer: 1e8, timeout: args.includes('build') ? BUILD_MAX : COMMAND_MAX },
        (error, out, err) => resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
      )
    })
  }
  const compose = (...args: string[]) => run('docker', ['compose', ...args])

  async function must(...args: string[]): Promise<string> {
    const { code, out, err } = await compose(...args)
    if (code !== 0) throw new Error(`docker compose ${args.join(' ')} ended with ${code}: ${err}${out}`)
    return out
  }

  async function shell(command: string): Promise<void> {
    const { code, out, err } = await run('sh', ['-c', command])
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${err}${out}`)
  }

  return {
    project,
    url: `http://localhost:${port}`,
    compose,
    must,
    /** A command as it is typed in the folder of the compose file. */
    shell,
    docker: (...args: string[]) => run('docker', args),
    /** Environment of the commands that follow, as a `.env` would give it. */
    set: (next: Record<string, string>) => void (settings = next),
    /** The file `.env` beside the compose file, which containers get too. */
    dotEnv: (lines: Record<string, string>) =>
      writeFileSync(
        join(folder, '.env'),
        Object.entries(lines)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      ),
    up: (...args: string[]) => must('up', '--detach', '--wait', '--wait-timeout', '90', ...args),
    inApi: (...command: string[]) => must('exec', '-T', 'api', ...command),
    logs: async (service: string) => {
      const { out, err } = await compose('logs', '--no-color', '--no-log-prefix', service)
      return out + err
    },

    /** Ends a container's process from outside, as a crash does; Docker then starts it again. */
    async kill(container: string): Promise<void> {
      const { out } = await run('docker', ['inspect', '--format', '{{.State.Pid}}', container])
      const [image, command] = [`${project}-api:local`, `kill -9 ${out.trim()}`]
      const alone = ['run', '--rm', '--pid=host', '--user=0', image, 'sh', '-c', command]
      const { code, err } = await run('docker', alone)
      if (code !== 0) throw new Error(`${container} could not be killed: ${err}`)
    },

    async remove(): Promise<void> {
      await compose('--profile', '*', 'down', '--volumes', '--timeout', '3')
      const { out } = await run('docker', ['images', '--quiet', `${project}-*`])
      const images = [...new Set(out.split('\n').filter(Boolean))]
      if (images.length > 0) await run('docker', ['rmi', '--force', ...images])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Stack = ReturnType<typeof createStack>
