import type { Kysely } from 'kysely'

/** Adds the optional second step of signing in, and its recovery codes. */
export const secondSteps = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('second_steps')
      .addColumn('user_id', 'text', (column) =>
        column.primaryKey().references('users.id').onDelete('cascade'),
      )
      .addColumn('sealed_key', 'text', (column) => column.notNull())
      .addColumn('last_step', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('confirmed_at', 'bigint')
      .execute()
    await db.schema
      .createTable('recovery_codes')
      .addColumn('user_id', 'text', (column) =>
        column.notNull().references('second_steps.user_id').onDelete('cascade'),
      )
      .addColumn('hash', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('recovery_codes_key', ['user_id', 'hash'])
      .execute()
  },
}
