import { type Expression, type SqlBool, expressionBuilder } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Nick } from './nick.ts'

/** The condition that a row's nick counts as the same as this one; in a query of users, visitors or bots. */
export function hasSameNick({ key, look }: Pick<Nick, 'key' | 'look'>): Expression<SqlBool> {
  const column = expressionBuilder<Tables, 'users' | 'visitors' | 'bots'>()
  return column.or([column('nick_key', '=', key), column('nick_look', '=', look)])
}
