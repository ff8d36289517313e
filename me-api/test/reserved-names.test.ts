import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { looksReserved } from '../src/nicks/reserved-names.ts'
import { addMember } from './support/members.ts'
import { api, bearer, memberToken, ownerToken, refusal, signIn, withOwner } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect, leave, refusedConnection, visitor } from './support/visitors.ts'

const reserved = { ok: false, error: { code: 'NICK_RESERVED' } }

/** The owner gives the site its name. */
async function named(app: TestApp, name: string): Promise<string> {
  const token = await ownerToken(app)
  const page = { name, headline: 'Notes', text: '', links: [] }
  await api(app).put('/api').set(bearer(token)).send(page).expect(200)
  return token
}

describe('reserved nicks', () => {
  const names = ['Ada Lovelace', 'Bo']

  test.each([
    ...['Ada Lovelace', 'ada lovelace', 'ADA.LOVELACE', 'AdaLovelace', 'Ada Lovelace - owner', 'Bo', 'b.o.'],
    ...['admin', 'moderator', 'owner.', 'ow.ner', 'o w n e r', 'ovvner', 'OWNER', 'Owner2', '0wner', 'øwner'],
    ...['ʘwner', '𐌀dmin', '𐤠dmin'],
    ...[
      'ownerǃ',
      'ownerʼs',
      'ˈadminˈ',
      'owːner',
      'ownerꓸ',
      'ꞌownerꞌ',
      'ownerー',
      'Adaˑ Lovelace',
      'Adaʹs Boʼs',
    ],
    ...[
      'system',
      'systern',
      '5ystem',
      'adrnin',
      'aclmin',
      'adm1n',
      '4dm1n',
      'admın',
      'ADMİN',
      'Ädmin',
      'mod',
    ],
    ...['ägare', 'Agaren', 'ÄGARE', 'eier', 'Eieren', 'administratör', 'Administrator', 'moderatorn'],
    ...[
      'Owners',
      'admins',
      'Administrators',
      'sysadmins',
      'Moderators',
      'MODS',
      '5taff',
      'Support',
      'webmaster',
    ],
    ...['Support Team', 'support-team', 'supportteam', 'the mods', 'ModTeam', 'Admin-teamet', 'Staff (Ada)'],
    ...['Supporten', 'adminen', 'Administratörerna', 'moderatorer', 'eiere', 'Eierne', 'moderatorene'],
    ...['ᴏᴡɴᴇʀ', 'ᴀᴅᴍɪɴ', 'ꜱʏꜱᴛᴇᴍ', 'ᴍᴏᴅᴇʀᴀᴛᴏʀ', 'ᴀᴅᴀ ʟᴏᴠᴇʟᴀᴄᴇ', 'ｏｗｎｅｒ'],
    ...['Ada Լovelace', 'Adа Lоvelаce', 'օwոеr', 'ΩWNΞR', 'ОШИЕЯ', 'ᎪᎠᎷᏆᏁ', 'ᗩᗪᗰIᑎ', 'ΑDΜΙΝ', 'ownǝr'],
    ...[
      'Ada Lovelace fan club',
      'admin bo',
      'the-owner',
      "owner's",
      'Bo - moderator',
      'AdminBo',
      'Bo Diddley',
    ],
  ])('the nick %s is reserved', (nick) => {
    expect(looksReserved(nick, names)).toBe(true)
  })

  test.each([
    ...['badminton', 'Downer', 'ownership', 'Gowner', 'Meier', 'modern', 'Modig', 'systematic', 'Admiral'],
    ...['Staffan', 'Mads', 'Modesty', 'supporter', 'Team Rocket', 'personal', 'Agama', 'Eirene', 'teamet'],
    ...[
      'Ada',
      'Lovelace',
      'Ada Love',
      'Adam',
      'Bob',
      'Bodil',
      'Ingrid',
      'guest 7',
      'quiet-fox',
      '夏目',
      'Зоя',
    ],
  ])('the nick %s is free', (nick) => {
    expect(looksReserved(nick, names)).toBe(false)
  })

  test('a site name without letters reserves nothing, and a name of one letter reserves only the whole nick', () => {
    expect(looksReserved('Ada', ['', '🦊', '- . -'])).toBe(false)
    expect(['A', 'a.', 'A Fox'].map((nick) => looksReserved(nick, ['A']))).toEqual([true, true, false])
    expect(['夏 目', '夏目漱石'].map((nick) => looksReserved(nick, ['夏目']))).toEqual([true, false])
  })

  test.each(['Ada Lovelace', 'owner.', 'Ada Lovelace fan club', 'Support Team'])(
    'a visitor, a member and a new account cannot take the reserved nick %s',
    async (nick) => {
      const app = await startApp()
      const member = await connect(app, { auth: { token: await memberToken(app) } })
      await named(app, 'Ada Lovelace')
      expect(await refusedConnection(app, { auth: { nick } })).toMatchObject({ code: 'NICK_RESERVED' })
      const [reader, bo] = [await connect(app), await visitor(app, 'bo')]
      for (const one of [reader, bo, member])
        expect(await one.emit('nick:set', { nick })).toMatchObject(reserved)
      for (const [path, input] of [
        ['/api/chat/visitors', { nick }],
        ['/api/register', { email: 'bo@example.org', password: 'a lovely engine', nick }],
      ] as const) {
        const { body } = await api(app).post(path).send(input).expect(409)
        expect(body).toEqual(refusal(409, 'NICK_RESERVED', '/nick'))
      }
    },
  )

  test('the owner can take a reserved nick', async () => {
    const app = await startApp()
    const owner = await connect(app, { auth: { token: await named(app, 'Ada Lovelace') } })
    for (const nick of ['Ada Lovelace', 'Admin', 'Ada Lovelace - owner'])
      expect(await owner.setNick(nick)).toMatchObject({ self: { nick, role: 'owner' } })
    expect(await refusedConnection(app, { auth: { nick: 'Ada Lovelace - owner' } })).toMatchObject({
      code: 'NICK_RESERVED',
    })
  })

  test('the placeholder name of a new site reserves no nick', async () => {
    const app = await startApp()
    await api(app)
      .get('/api')
      .expect(200, /Your Name/)
    await visitor(app, 'Your Name')
  })
})

describe('a changed name of the site or the owner', () => {
  test('a new name is reserved at once, and the old name becomes free', async () => {
    const app = await startApp()
    await named(app, 'Ada Lovelace')
    await named(app, 'Grace Hopper')
    expect(await refusedConnection(app, { auth: { nick: 'grace.hopper' } })).toMatchObject({
      code: 'NICK_RESERVED',
    })
    await visitor(app, 'Ada Lovelace')
    const owner = await connect(app, { auth: { token: await ownerToken(app) } })
    await owner.setNick('Countess')
    expect(await refusedConnection(app, { auth: { nick: 'The Countess' } })).toMatchObject({
      code: 'NICK_RESERVED',
    })
  })

  test('a visitor whose nick becomes reserved loses it at their next connection', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'Ada Lovelace', 'tab 1')
    const sent = await ada.send('before')
    await named(app, 'Ada Lovelace')
    const token = ada.welcome.token ?? ''
    await api(app)
      .post('/api/chat/rooms/lobby/messages')
      .set(bearer(token))
      .send({ text: 'x' })
      .expect(400, /NICK_REQUIRED/)
    const back = await connect(app, { auth: { token, tab: 'tab 1' } })
    expect(back.welcome.self).toEqual({ ...ada.welcome.self, nick: null })
    expect(await back.emit('message:send', { room: 'lobby', id: randomUUID(), text: 'x' })).toMatchObject({
      error: { code: 'NICK_REQUIRED' },
    })
    expect(await back.setNick('Countess')).toMatchObject({
      self: { id: ada.welcome.self?.id, nick: 'Countess' },
    })
    const { body } = await api(app).get(`/api/chat/messages/${sent.id}`).expect(200)
    expect(body.data.author.nick).toBe('Ada Lovelace')
  })

  test('a newly reserved nick is refused to the tab that had it, also after a restart', async () => {
    const app = await startApp()
    const ada = await visitor(app, 'Ada Lovelace', 'tab 1')
    const ownersToken = await named(app, 'Ada Lovelace')
    expect(await refusedConnection(app, { auth: { nick: 'Ada Lovelace', tab: 'tab 1' } })).toMatchObject({
      code: 'NICK_RESERVED',
    })
    await leave(app, ada)
    await app.close()
    const restarted = await startApp({ folder: app.folder })
    const back = await connect(restarted, { auth: { token: ada.welcome.token ?? '' } })
    expect(back.welcome.self?.nick).toBeNull()
    const owner = await connect(restarted, { auth: { token: ownersToken } })
    await owner.setNick('Ada Lovelace')
  })

  test('a member whose nick becomes reserved keeps it, but cannot take it again after a change', async () => {
    const app = await withOwner(await startApp())
    const account = { email: 'ada@example.org', password: 'a lovely engine', nick: 'Ada Lovelace' }
    await addMember(app, account)
    await named(app, 'Ada Lovelace')
    const member = await connect(app, { auth: { token: await signIn(app, account) } })
    expect(member.welcome.self).toMatchObject({ nick: 'Ada Lovelace', role: 'member' })
    expect(await member.send('mine')).toMatchObject({ author: { nick: 'Ada Lovelace' } })
    await member.setNick('Countess')
    expect(await member.emit('nick:set', { nick: 'Ada Lovelace' })).toMatchObject(reserved)
  })
})
