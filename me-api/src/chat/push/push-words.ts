import type { Language } from '../../contract/index.ts'
import type { Reason } from './reasons.ts'

/** Who, in which room, and what the page is called that it is about, if any. */
type About = { nick: string; room: string; page?: string | undefined }
type Words = {
  titles: Record<Reason, (about: About) => string>
  tested: string
  webhookOff: string
  /** The notification's own field: its name, its button, and what is said if an answer could not be sent. */
  answer: string
  send: string
  failed: string
}

/** What notices say, by language. */
export const pushWords: Record<Language, Words> = {
  en: {
    titles: {
      private: ({ nick }) => `${nick} wrote to you`,
      answer: ({ nick }) => `${nick} answered you`,
      mention: ({ nick, room }) => `${nick} mentioned you in ${room}`,
      said: ({ nick, room, page }) => (page ? `${nick} about “${page}”` : `${nick} in ${room}`),
      report: ({ nick }) => `A message by ${nick} was reported`,
      webhook: () => 'A webhook was switched off',
      test: () => 'Notifications work',
    },
    webhookOff: 'Its receiver does not take what it is sent.',
    tested: 'This is what you asked for: a test.',
    answer: 'Answer',
    send: 'Your answer',
    failed: 'Your answer was not sent. Open the chat to send it.',
  },
  sv: {
    titles: {
      private: ({ nick }) => `${nick} skrev till dig`,
      answer: ({ nick }) => `${nick} svarade dig`,
      mention: ({ nick, room }) => `${nick} nämnde dig i ${room}`,
      said: ({ nick, room, page }) => (page ? `${nick} om ”${page}”` : `${nick} i ${room}`),
      report: ({ nick }) => `Ett meddelande av ${nick} har anmälts`,
      webhook: () => 'En webhook har stängts av',
      test: () => 'Notiserna fungerar',
    },
    webhookOff: 'Mottagaren tar inte emot det som skickas.',
    tested: 'Det här är testet som du bad om.',
    answer: 'Svara',
    send: 'Ditt svar',
    failed: 'Ditt svar skickades inte. Öppna chatten för att skicka det.',
  },
  nb: {
    titles: {
      private: ({ nick }) => `${nick} skrev til deg`,
      answer: ({ nick }) => `${nick} svarte deg`,
      mention: ({ nick, room }) => `${nick} nevnte deg i ${room}`,
      said: ({ nick, room, page }) => (page ? `${nick} om «${page}»` : `${nick} i ${room}`),
      report: ({ nick }) => `En melding fra ${nick} er rapportert`,
      webhook: () => 'En webhook er slått av',
      test: () => 'Varslene virker',
    },
    webhookOff: 'Mottakeren tar ikke imot det som sendes.',
    tested: 'Dette er testen du ba om.',
    answer: 'Svar',
    send: 'Svaret ditt',
    failed: 'Svaret ditt ble ikke sendt. Åpne chatten for å sende det.',
  },
}
