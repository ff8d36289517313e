import { z } from 'zod'
import type { Language } from '../../contract/index.ts'
import { parse } from '../../errors.ts'
import { ForeignString, type Said, code, foreignList, lines, link, plain } from './chat-text.ts'
import { type GithubWords, githubWords } from './github-words.ts'

/** Commits of a push that are named. */
const COMMITS_NAMED = 5
/** Commits of a push that GitHub sends ("push"). */
const COMMITS_MAX = 2_048
/** The letters of a commit's id that GitHub shows. */
const SHORT_ID = 7

const Sender = z.object({ login: ForeignString }).nullish()
const Repository = z.object({ full_name: ForeignString, html_url: ForeignString })
const Common = z.object({ repository: Repository, sender: Sender })
const Commit = z.object({ id: ForeignString, message: ForeignString, url: ForeignString })
const Topic = z.object({ number: z.number(), title: ForeignString, html_url: ForeignString })

/** The parts that are read of GitHub's events. https://docs.github.com/webhooks/webhook-events-and-payloads */
const Push = Common.extend({
  ref: ForeignString,
  created: z.boolean().default(false),
  deleted: z.boolean().default(false),
  compare: ForeignString.nullish(),
  commits: foreignList(Commit, COMMITS_MAX),
  pusher: z.object({ name: ForeignString.nullish() }).nullish(),
})
const Release = Common.extend({
  action: ForeignString,
  release: z.object({ tag_name: ForeignString, name: ForeignString.nullish(), html_url: ForeignString }),
})
const Issues = Common.extend({ action: ForeignString, issue: Topic })
const PullRequest = Common.extend({
  action: ForeignString,
  pull_request: Topic.extend({ merged: z.boolean().nullish() }),
})
const WorkflowRun = Common.extend({
  action: ForeignString,
  workflow_run: z.object({
    name: ForeignString.nullish(),
    html_url: ForeignString,
    conclusion: ForeignString.nullish(),
    head_branch: ForeignString.nullish(),
  }),
})

type Common = z.infer<typeof Common>
type Words = GithubWords

/** The events that are told in the chat; of the others, `ping` among them, nothing is said. */
const readers: Record<string, (payload: unknown, words: Words) => Said | null> = {
  push: (payload, words) => pushText(parse(Push, payload), words),
  release: (payload, words) => releaseText(parse(Release, payload), words),
  issues: (payload, words) => issueText(parse(Issues, payload), words),
  pull_request: (payload, words) => pullRequestText(parse(PullRequest, payload), words),
  workflow_run: (payload, words) => runText(parse(WorkflowRun, payload), words),
}

/** Whether anything is ever said of an event of this name. */
export const isTold = (event: string): boolean => Object.hasOwn(readers, event)

/**
 * Tells an event of GitHub in a language; null where nothing is worth saying.
 * @throws {Refusal} INVALID where it is not what GitHub sends
 */
export const readGithub = (event: string, payload: unknown, language: Language): Said | null =>
  isTold(event) ? readers[event]!(payload, githubWords[language]) : null

function pushText(
  { ref, created, deleted, compare, commits: given, ...common }: z.infer<typeof Push>,
  words: Words,
) {
  const { repo } = partsOf(common, words)
  const commits = given ?? []
  // A push by a key has no sender.
  const who = common.sender ? partsOf(common, words).who : plain(common.pusher?.name ?? words.somebody)
  const name = code(ref.replace(/^refs\/(?:heads|tags)\//, ''))
  const what = ref.startsWith('refs/tags/') ? words.tag(name) : words.branch(name)
  const address = compare ?? common.repository.html_url
  if (deleted) return { text: words.deleted({ who, what, repo }), link: address }
  if (commits.length === 0)
    return created ? { text: words.created({ who, what, repo }), link: address } : null
  const named = commits.slice(0, COMMITS_NAMED).map(({ id, message, url }) => {
    const [title = ''] = message.trim().split('\n')
    return `- ${link(id.slice(0, SHORT_ID), url)} ${plain(title)}`
  })
  const more = commits.length - named.length
  return {
    text: lines(
      words.pushed({ who, commits: commits.length, branch: name, repo }),
      ...named,
      more > 0 && `- ${link(words.more(more), address)}`,
    ),
    link: address,
  }
}

function releaseText({ action, release, ...common }: z.infer<typeof Release>, words: Words): Said | null {
  const tell = Object.hasOwn(words.release, action) ? words.release[action] : undefined
  const what = link(release.name || release.tag_name, release.html_url)
  return tell ? { text: tell({ ...partsOf(common, words), what }), link: release.html_url } : null
}

function issueText({ action, issue, ...common }: z.infer<typeof Issues>, words: Words): Said | null {
  const done = actionOf(action, words)
  if (done === undefined) return null
  const event = { ...partsOf(common, words), action: done, what: topic(issue) }
  return { text: words.issue(event), link: issue.html_url }
}

function pullRequestText(
  { action, pull_request, ...common }: z.infer<typeof PullRequest>,
  words: Words,
): Said | null {
  const done = action === 'closed' && pull_request.merged ? words.merged : actionOf(action, words)
  if (done === undefined) return null
  const event = { ...partsOf(common, words), action: done, what: topic(pull_request) }
  return { text: words.pullRequest(event), link: pull_request.html_url }
}

/** A run is told when it is over. */
function runText({ action, workflow_run: run, ...common }: z.infer<typeof WorkflowRun>, words: Words) {
  const { conclusion, html_url, head_branch, name } = run
  if (action !== 'completed') return null
  const outcome = conclusion ?? 'neutral'
  const how = Object.hasOwn(words.conclusions, outcome) ? words.conclusions[outcome] : plain(outcome)
  const { repo } = partsOf(common, words)
  const what = link(name || 'workflow', html_url)
  return {
    text: words.run({ what, how: how ?? '', branch: code(head_branch ?? '?'), repo }),
    link: html_url,
  }
}

const partsOf = ({ sender, repository }: Common, words: Words) => ({
  who: plain(sender?.login ?? words.somebody),
  repo: link(repository.full_name, repository.html_url),
})

const topic = ({ number, title, html_url }: z.infer<typeof Topic>): string =>
  link(`#${number} ${title}`, html_url)

const actionOf = (action: string, { actions }: Words): string | undefined =>
  Object.hasOwn(actions, action) ? actions[action] : undefined
