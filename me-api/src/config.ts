import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { z } from 'zod'
import { type DatabaseUrl, isPostgresUrl } from './db/database-url.ts'
import { Stop } from './errors.ts'
import { subjectRefusal } from './chat/push/push-subject.ts'
import { withoutDot } from './http/site-host.ts'
import { readMailServer, readSender } from './mail/mail-settings.ts'

/** At most `count` events in `seconds` seconds. */
export type Limit = { count: number; seconds: number }

const secondsPerUnit = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** `30s`, `10m`, `1h`, `1d` → seconds. */
function secondsOf(text: string): number | null {
  const match = /^([1-9]\d{0,5})([smhd])$/.exec(text)
  return match ? Number(match[1]) * secondsPerUnit[match[2] as keyof typeof secondsPerUnit] : null
}

const limit = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context): Limit | null => {
      if (text === 'off') return null
      const [count = '', period = ''] = text.split('/')
      const seconds = secondsOf(period)
      if (/^[1-9]\d{0,6}$/.test(count) && seconds && text.split('/').length === 2) {
        return { count: Number(count), seconds }
      }
      context.addIssue('must be like 10/10s, 30/10m or off')
      return z.NEVER
    })

const duration = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context): number | null => {
      const seconds = text === 'off' ? null : secondsOf(text)
      if (text === 'off' || seconds) return seconds
      context.addIssue('must be like 30s, 5m, 1h or off')
      return z.NEVER
    })

const wholeNumber = (fallback: number, min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .default(String(fallback))
    .transform(Number)
    .pipe(z.int().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))

const countOrOff = (fallback: number) =>
  z
    .string()
    .regex(/^([1-9]\d{0,6}|off)$/, 'must be a whole number from 1, or off')
    .default(String(fallback))
    .transform((text) => (text === 'off' ? null : Number(text)))

const databaseUrl = z
  .string()
  .default('file:./data/me.db')
  .transform((url, context): DatabaseUrl => {
    if (isPostgresUrl(url)) return { kind: 'postgres', url }
    if (/^file:.+/.test(url)) return { kind: 'sqlite', path: url.replace(/^file:(\/\/(?=\/))?/, '') }
    context.addIssue('must be file:PATH or postgres://USER:PASSWORD@HOST/DATABASE, with %25 for %')
    return z.NEVER
  })

/** Whether the URL has a host, a user and password that can be decoded, and no path but a database's number. */
function isRedisUrl(text: string): boolean {
  try {
    const { protocol, username, password, hostname, pathname } = new URL(text)
    return (
      /^rediss?:$/.test(protocol) &&
      !!hostname &&
      /^\/?\d*$/.test(pathname) &&
      typeof decodeURIComponent(username + password) === 'string'
    )
  } catch {
    return false
  }
}

const redisUrl = z
  .string()
  .refine(isRedisUrl, 'must be redis://HOST or redis://USER:PASSWORD@HOST:PORT')
  .optional()

const secrets = z
  .string()
  .transform((list) => list.split(',').map((secret) => secret.trim()))
  .pipe(z.array(z.string().min(16, 'each secret must have at least 16 characters')))
  .optional()

const origins = z
  .string()
  .default('')
  .transform((list) =>
    list
      .split(',')
      .map((origin) => origin.trim())
      .filter(Boolean),
  )
  .pipe(z.array(z.string().refine(isOrigin, 'must be origins such as https://example.org, without a path')))

const siteUrl = z
  .string()
  // The compose file puts a scheme before SITE_ADDRESS, which may already have one.
  .transform((text) => text.replace(/^https:\/\/(?=https?:\/\/)/, ''))
  .refine(
    (text) => /^https?:\/\/[^/?#@\\\s]+$/i.test(text) && URL.canParse(text),
    'must be an origin such as https://example.org, without a path',
  )
  .transform((text) => withoutDot(new URL(text).origin))
  .optional()

const pushSubject = z
  .string()
  .transform((subject, context): string => {
    const refusal = subjectRefusal(subject)
    if (refusal) context.addIssue(refusal)
    return subject
  })
  .optional()

/** What `read` makes of a text; `rule` is said where it makes null of it, without the text, which may hold a password. */
const readBy = <Value>(read: (text: string) => Value | null, rule: string) =>
  z
    .string()
    .transform((text, context): Value => {
      const value = read(text)
      if (value !== null) return value
      context.addIssue(rule)
      return z.NEVER
    })
    .optional()

const onOff = (fallback: 'on' | 'off') =>
  z
    .enum(['on', 'off'], 'must be on or off')
    .default(fallback)
    .transform((value) => value === 'on')

/** The canonical form of a BCP 47 tag: `nb-no` is `nb-NO`. */
const languageTag = z
  .string()
  .default('en')
  .transform((tag, context): string => {
    try {
      return new Intl.Locale(tag).toString()
    } catch {
      context.addIssue('must be a language tag such as en, sv or nb')
      return z.NEVER
    }
  })

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text
}

const Settings = z
  .object({
    PORT: wholeNumber(1337, 0, 65_535),
    HOST: z.string().default('127.0.0.1'),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    SESSION_SECRET: secrets,
    OWNER_EMAIL: z.email('must be an e-mail address').optional(),
    // Checked where it makes an owner, so that an owner who exists does not stop the start.
    OWNER_PASSWORD: z.string().min(1, 'must not be empty').max(1_000).optional(),
    SITE_URL: siteUrl,
    SITE_LANGUAGE: languageTag,
    SITE_ORIGINS: origins,
    TRUST_PROXY: wholeNumber(0, 0, 20),
    LIMIT_MESSAGES: limit('10/10s'),
    LIMIT_ADDRESS_MESSAGES: limit('100/10s'),
    LIMIT_BOTS: limit('60/1m'),
    LIMIT_CONNECTIONS: countOrOff(20),
    LIMIT_EVENTS: limit('200/10s'),
    LIMIT_JOINS: limit('30/10m'),
    LIMIT_REQUESTS: limit('600/10s'),
    LIMIT_NEWCOMER: duration('5m'),
    PROOF_OF_WORK: z.enum(['auto', 'on', 'off'], 'must be auto, on or off').default('auto'),
    LIMIT_LOGINS: limit('10/15m'),
    REGISTRATION: z.enum(['open', 'invited', 'closed'], 'must be open, invited or closed').default('open'),
    CHAT_RETENTION_DAYS: wholeNumber(0, 0, 36_500),
    PUSH_SUBJECT: pushSubject,
    SMTP_URL: readBy(readMailServer, 'must be smtp://HOST:PORT or smtps://USER:PASSWORD@HOST:PORT'),
    MAIL_FROM: readBy(readSender, 'must be like house@example.org or The house <house@example.org>'),
    OUTBOUND_PRIVATE: onOff('off'),
    METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
    LOG_LEVEL: z
      .enum(
        ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
        'must be a pino level, such as info',
      )
      .default('info'),
  })
  .superRefine((settings, context) => {
    const { DATABASE_URL, REDIS_URL, SESSION_SECRET } = settings
    const pairs = [
      ['OWNER_EMAIL', 'OWNER_PASSWORD'],
      ['SMTP_URL', 'MAIL_FROM'],
    ] as const
    for (const [one, other] of pairs) {
      const [alone, missing] = settings[one] ? [one, other] : [other, one]
      if (!settings[one] !== !settings[other])
        context.addIssue({ code: 'custom', path: [alone], message: `needs ${missing} beside it` })
    }
    // PostgreSQL has no database file to store a secret beside, and all nodes must share it.
    if (DATABASE_URL.kind === 'postgres' && !SESSION_SECRET) {
      context.addIssue({ code: 'custom', path: ['SESSION_SECRET'], message: 'is required with PostgreSQL' })
    }
    // An SQLite file has one process.
    if (REDIS_URL && DATABASE_URL.kind !== 'postgres') {
      context.addIssue({ code: 'custom', path: ['REDIS_URL'], message: 'needs PostgreSQL as DATABASE_URL' })
    }
  })

export type Config = z.output<typeof Settings>

export const settingNames = Object.keys(Settings.shape)

/**
 * Reads the environment and, for what it lacks, a file `.env` in the working directory, with or without a byte order
 * mark. What the file adds is also in `process.env`, where the library of PostgreSQL looks for its own.
 * @throws {Stop} if the file cannot be read
 */
export function readEnvironment(): Record<string, string | undefined> {
  for (const [name, value] of Object.entries(parseEnv(readEnvFile()))) process.env[name] ??= value
  return process.env
}

/** Returns the text of `.env`, empty where there is none. Node's own reader would lose settings in other encodings. */
function readEnvFile(): string {
  try {
    const bytes = readFileSync('.env')
    // No text in UTF-8 has a zero byte; in UTF-16 every Latin letter has one.
    if (bytes.includes(0)) throw new Stop('.env is in UTF-16: save it as UTF-8.')
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // Node's parser takes both as part of a name or a value.
    return text.replace(/\r\n?/g, '\n').replace(/^\ufeff/gm, '')
  } catch (error) {
    if (error instanceof Stop) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return ''
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new Stop('.env is not in UTF-8: save it as UTF-8.')
    throw new Stop(`.env cannot be read: ${String(error)}`)
  }
}

/**
 * Reads every setting once. An empty value counts as unset, because compose files pass it.
 * @throws {Stop} with one line for each invalid setting
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(settingNames.map((name) => [name, environment[name]?.trim() || undefined]))
  const result = Settings.safeParse(given)
  if (result.success) return result.data
  const lines = new Map(
    result.error.issues.map((issue) => [issue.path[0], `${String(issue.path[0])}: ${issue.message}`]),
  )
  throw new Stop(...lines.values())
}
