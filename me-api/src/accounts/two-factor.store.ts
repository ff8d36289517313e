import type { Database, SecondStepRow } from '../db/tables.ts'

/** The SQL of second steps. One statement finds and uses up a code, so that two concurrent uses succeed once. */
export function createTwoFactorStore(db: Database) {
  return {
    of: (userId: string): Promise<SecondStepRow | undefined> =>
      db.selectFrom('second_steps').selectAll().where('user_id', '=', userId).executeTakeFirst(),

    /** Stores a key that no code has confirmed yet. Returns false if one is confirmed already. */
    async begin(userId: string, sealedKey: string): Promise<boolean> {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('second_steps')
        .values({ user_id: userId, sealed_key: sealedKey, confirmed_at: null })
        .onConflict((conflict) =>
          conflict
            .column('user_id')
            .doUpdateSet({ sealed_key: sealedKey })
            .where('second_steps.confirmed_at', 'is', null),
        )
        .executeTakeFirst()
      return numInsertedOrUpdatedRows === 1n
    },

    /**
     * Confirms the key. Returns false if it was confirmed or replaced meanwhile. Call it in a transaction that locks
     * the user's row.
     */
    async confirm(begun: SecondStepRow, step: number, now: number, hashes: string[]): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('second_steps')
        .set({ confirmed_at: now, last_step: step })
        .where('user_id', '=', begun.user_id)
        .where('sealed_key', '=', begun.sealed_key)
        .where('confirmed_at', 'is', null)
        .executeTakeFirst()
      if (numUpdatedRows !== 1n) return false
      const codes = hashes.map((hash) => ({ user_id: begun.user_id, hash }))
      await db.insertInto('recovery_codes').values(codes).execute()
      return true
    },

    /** Uses up a step. Returns false if the code of this step or a later one was used before. */
    async useStep(userId: string, step: number): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('second_steps')
        .set({ last_step: step })
        .where('user_id', '=', userId)
        .where('last_step', '<', step)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** Uses up a recovery code. Returns false if there is none such. */
    async useRecoveryCode(userId: string, hash: string): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom('recovery_codes')
        .where('user_id', '=', userId)
        .where('hash', '=', hash)
        .executeTakeFirst()
      return numDeletedRows === 1n
    },

    async recoveryCodesLeft(userId: string): Promise<number> {
      const { left } = await db
        .selectFrom('recovery_codes')
        .select(({ fn }) => fn.countAll().as('left'))
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow()
      return Number(left)
    },

    async reseal({ user_id, sealed_key }: SecondStepRow, resealed: string): Promise<void> {
      await db
        .updateTable('second_steps')
        .set({ sealed_key: resealed })
        .where('user_id', '=', user_id)
        .where('sealed_key', '=', sealed_key)
        .execute()
    },

    async remove(userId: string): Promise<void> {
      await db.deleteFrom('second_steps').where('user_id', '=', userId).execute()
    },
  }
}

export type TwoFactorStore = ReturnType<typeof createTwoFactorStore>
