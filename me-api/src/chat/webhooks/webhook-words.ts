import type { Language, WebhookPayload } from '../../contract/index.ts'

type About = { nick: string; room: string; title: string }

/** What webhooks say to people, in Slack, Discord and ntfy, by language. */
export const webhookWords: Record<Language, Record<WebhookPayload['type'], (about: About) => string>> = {
  en: {
    'message.sent': ({ nick, room }) => `${nick} in ${room}`,
    'message.edited': ({ nick, room }) => `${nick} edited a message in ${room}`,
    'message.deleted': ({ nick, room }) => `A message by ${nick} in ${room} was deleted`,
    mention: ({ nick, room }) => `${nick} mentioned you in ${room}`,
    'conversation.message': ({ nick }) => `${nick} in a private conversation`,
    'report.created': ({ title }) => `New report: ${title}`,
    'visitor.joined': ({ nick }) => `${nick} is new in the chat`,
    test: () => 'The webhook works: this is a test.',
  },
  sv: {
    'message.sent': ({ nick, room }) => `${nick} i ${room}`,
    'message.edited': ({ nick, room }) => `${nick} ändrade ett meddelande i ${room}`,
    'message.deleted': ({ nick, room }) => `Ett meddelande av ${nick} i ${room} togs bort`,
    mention: ({ nick, room }) => `${nick} nämnde dig i ${room}`,
    'conversation.message': ({ nick }) => `${nick} i ett privat samtal`,
    'report.created': ({ title }) => `Ny rapport: ${title}`,
    'visitor.joined': ({ nick }) => `${nick} är ny i chatten`,
    test: () => 'Webhooken fungerar: det här är ett test.',
  },
  nb: {
    'message.sent': ({ nick, room }) => `${nick} i ${room}`,
    'message.edited': ({ nick, room }) => `${nick} endret en melding i ${room}`,
    'message.deleted': ({ nick, room }) => `En melding fra ${nick} i ${room} ble slettet`,
    mention: ({ nick, room }) => `${nick} nevnte deg i ${room}`,
    'conversation.message': ({ nick }) => `${nick} i en privat samtale`,
    'report.created': ({ title }) => `Ny rapport: ${title}`,
    'visitor.joined': ({ nick }) => `${nick} er ny i chatten`,
    test: () => 'Webhooken virker: dette er en test.',
  },
}
