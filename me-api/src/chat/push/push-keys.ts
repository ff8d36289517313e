import webPush from 'web-push'
import type { Database } from '../../db/tables.ts'

export type PushKeys = { publicKey: string; privateKey: string }

/** Returns this installation's keys, made once: browsers that subscribed with other ones would get nothing. */
export async function readPushKeys(db: Database): Promise<PushKeys> {
  const read = () => db.selectFrom('push_keys').selectAll().executeTakeFirst()
  if (!(await read())) {
    const { publicKey, privateKey } = webPush.generateVAPIDKeys()
    await db
      .insertInto('push_keys')
      .values({ id: 1, public_key: publicKey, private_key: privateKey })
      // Another node has made them at this moment.
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  const { public_key, private_key } = (await read())!
  return { publicKey: public_key, privateKey: private_key }
}
