import type { Language } from '../../contract/index.ts'

/** Parts of a sentence, formatted already. */
type Event = { who: string; what: string; repo: string }

/** What is said of GitHub's events, in the site's languages. */
export type GithubWords = {
  somebody: string
  pushed: (event: { who: string; commits: number; branch: string; repo: string }) => string
  more: (commits: number) => string
  created: (event: Event) => string
  deleted: (event: Event) => string
  branch: (name: string) => string
  tag: (name: string) => string
  release: Record<string, (event: Event) => string>
  issue: (event: Event & { action: string }) => string
  pullRequest: (event: Event & { action: string }) => string
  /** Actions that are worth a message. */
  actions: Record<string, string>
  merged: string
  run: (event: { what: string; branch: string; how: string; repo: string }) => string
  conclusions: Record<string, string>
}

const en: GithubWords = {
  somebody: 'Somebody',
  pushed: ({ who, commits, branch, repo }) =>
    `${who} pushed ${commits === 1 ? '1 commit' : `${commits} commits`} to ${branch} in ${repo}`,
  more: (commits) => `… and ${commits} more`,
  created: ({ who, what, repo }) => `${who} created ${what} in ${repo}`,
  deleted: ({ who, what, repo }) => `${who} deleted ${what} in ${repo}`,
  branch: (name) => `the branch ${name}`,
  tag: (name) => `the tag ${name}`,
  release: {
    published: ({ who, what, repo }) => `${who} released ${what} of ${repo}`,
    unpublished: ({ who, what, repo }) => `${who} took back the release ${what} of ${repo}`,
    deleted: ({ who, what, repo }) => `${who} deleted the release ${what} of ${repo}`,
  },
  issue: ({ who, action, what, repo }) => `${who} ${action} the issue ${what} in ${repo}`,
  pullRequest: ({ who, action, what, repo }) => `${who} ${action} the pull request ${what} in ${repo}`,
  actions: {
    opened: 'opened',
    edited: 'edited',
    closed: 'closed',
    reopened: 'reopened',
    deleted: 'deleted',
    transferred: 'transferred',
    ready_for_review: 'asks for a review of',
    converted_to_draft: 'made a draft of',
  },
  merged: 'merged',
  run: ({ what, branch, how, repo }) => `${what} ${how} on ${branch} in ${repo}`,
  conclusions: {
    success: '✅ succeeded',
    failure: '❌ failed',
    startup_failure: '❌ could not start',
    timed_out: '❌ took too long',
    cancelled: 'was cancelled',
    skipped: 'was skipped',
    action_required: 'waits for somebody',
    neutral: 'ended',
    stale: 'ended',
  },
}

const sv: GithubWords = {
  somebody: 'Någon',
  pushed: ({ who, commits, branch, repo }) =>
    `${who} skickade ${commits === 1 ? '1 commit' : `${commits} commits`} till ${branch} i ${repo}`,
  more: (commits) => `… och ${commits} till`,
  created: ({ who, what, repo }) => `${who} skapade ${what} i ${repo}`,
  deleted: ({ who, what, repo }) => `${who} tog bort ${what} i ${repo}`,
  branch: (name) => `grenen ${name}`,
  tag: (name) => `taggen ${name}`,
  release: {
    published: ({ who, what, repo }) => `${who} släppte ${what} av ${repo}`,
    unpublished: ({ who, what, repo }) => `${who} drog tillbaka ${what} av ${repo}`,
    deleted: ({ who, what, repo }) => `${who} tog bort utgåvan ${what} av ${repo}`,
  },
  issue: ({ who, action, what, repo }) => `${who} ${action} ärendet ${what} i ${repo}`,
  pullRequest: ({ who, action, what, repo }) => `${who} ${action} ändringsförslaget ${what} i ${repo}`,
  actions: {
    opened: 'öppnade',
    edited: 'ändrade',
    closed: 'stängde',
    reopened: 'öppnade igen',
    deleted: 'tog bort',
    transferred: 'flyttade',
    ready_for_review: 'ber om granskning av',
    converted_to_draft: 'gjorde ett utkast av',
  },
  merged: 'tog in',
  run: ({ what, branch, how, repo }) => `${what} ${how} på ${branch} i ${repo}`,
  conclusions: {
    success: '✅ lyckades',
    failure: '❌ misslyckades',
    startup_failure: '❌ kunde inte starta',
    timed_out: '❌ tog för lång tid',
    cancelled: 'avbröts',
    skipped: 'hoppades över',
    action_required: 'väntar på någon',
    neutral: 'är klar',
    stale: 'är klar',
  },
}

const nb: GithubWords = {
  somebody: 'Noen',
  pushed: ({ who, commits, branch, repo }) =>
    `${who} sendte ${commits === 1 ? '1 commit' : `${commits} commits`} til ${branch} i ${repo}`,
  more: (commits) => `… og ${commits} til`,
  created: ({ who, what, repo }) => `${who} opprettet ${what} i ${repo}`,
  deleted: ({ who, what, repo }) => `${who} slettet ${what} i ${repo}`,
  branch: (name) => `grenen ${name}`,
  tag: (name) => `taggen ${name}`,
  release: {
    published: ({ who, what, repo }) => `${who} ga ut ${what} av ${repo}`,
    unpublished: ({ who, what, repo }) => `${who} trakk tilbake ${what} av ${repo}`,
    deleted: ({ who, what, repo }) => `${who} slettet utgaven ${what} av ${repo}`,
  },
  issue: ({ who, action, what, repo }) => `${who} ${action} saken ${what} i ${repo}`,
  pullRequest: ({ who, action, what, repo }) => `${who} ${action} endringsforslaget ${what} i ${repo}`,
  actions: {
    opened: 'åpnet',
    edited: 'endret',
    closed: 'lukket',
    reopened: 'gjenåpnet',
    deleted: 'slettet',
    transferred: 'flyttet',
    ready_for_review: 'ber om gjennomgang av',
    converted_to_draft: 'laget et utkast av',
  },
  merged: 'tok inn',
  run: ({ what, branch, how, repo }) => `${what} ${how} på ${branch} i ${repo}`,
  conclusions: {
    success: '✅ lyktes',
    failure: '❌ mislyktes',
    startup_failure: '❌ kunne ikke starte',
    timed_out: '❌ tok for lang tid',
    cancelled: 'ble avbrutt',
    skipped: 'ble hoppet over',
    action_required: 'venter på noen',
    neutral: 'er ferdig',
    stale: 'er ferdig',
  },
}

export const githubWords: Record<Language, GithubWords> = { en, sv, nb }
