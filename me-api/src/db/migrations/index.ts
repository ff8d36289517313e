import type { Migration } from 'kysely/migration'
import type { DatabaseKind } from '../database-url.ts'
import { houseOf } from './0001_house.ts'
import { searchOf } from './0002_search.ts'
import { moderationOf } from './0003_moderation.ts'
import { sessions } from './0005_sessions.ts'
import { reportsOfMessages } from './0006_reports.ts'
import { secondSteps } from './0007_second_steps.ts'
import { sanctionsOfPersons } from './0008_sanctions_of_persons.ts'
import { reportedWords } from './0009_reported_words.ts'
import { searchPrefixesOf } from './0010_search_prefixes.ts'
import { visitorsSeen } from './0011_visitors_seen.ts'
import { overwrittenOf } from './0012_overwritten.ts'
import { slowEdits } from './0013_slow_edits.ts'
import { searchWordsOf } from './0014_search_words.ts'
import { accountsOf } from './0015_accounts.ts'
import { renderings } from './0016_renderings.ts'
import { nodes } from './0017_nodes.ts'
import { conversations } from './0018_conversations.ts'
import { pushOf } from './0019_push.ts'
import { about } from './0020_about.ts'
import { botsOf } from './0021_bots.ts'
import { webhooksOf } from './0022_webhooks.ts'
import { mail } from './0023_mail.ts'

/** The migrations, in the order of their names. A released migration never changes. */
export const migrationsOf = (kind: DatabaseKind): Record<string, Migration> => ({
  '0001_house': houseOf(kind),
  '0002_search': searchOf[kind],
  '0003_moderation': moderationOf(kind),
  '0005_sessions': sessions,
  '0006_reports': reportsOfMessages,
  '0007_second_steps': secondSteps,
  '0008_sanctions_of_persons': sanctionsOfPersons,
  '0009_reported_words': reportedWords,
  '0010_search_prefixes': searchPrefixesOf[kind],
  '0011_visitors_seen': visitorsSeen,
  '0012_overwritten': overwrittenOf(kind),
  '0013_slow_edits': slowEdits,
  '0014_search_words': searchWordsOf(kind),
  '0015_accounts': accountsOf(kind),
  '0016_renderings': renderings,
  '0017_nodes': nodes,
  '0018_conversations': conversations,
  '0019_push': pushOf(kind),
  '0020_about': about,
  '0021_bots': botsOf(kind),
  '0022_webhooks': webhooksOf(kind),
  '0023_mail': mail,
})
