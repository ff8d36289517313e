import type { Language } from '../../contract/index.ts'

type Words = {
  /** A subject for several messages. */
  several: (count: number, site: string) => string
  title: string
  /** What stands above the messages of a private conversation. */
  private: (nick: string) => string
  reports: string
  reported: string
  about: (title: string) => string
  open: string
  answer: string
  answerFor: string
  /** Below fifty messages, when there were more. */
  more: string
  toChat: string
  why: (site: string) => string
  off: string
  test: { subject: (site: string) => string; title: string; text: string }
}

/** What mails to the owner say, by language. */
export const mailWords: Record<Language, Words> = {
  en: {
    several: (count, site) => `${count} new messages at ${site}`,
    title: 'While you were away',
    private: (nick) => `${nick}, in private`,
    reports: 'Reported messages',
    reported: 'See the report',
    about: (title) => `About “${title}”`,
    open: 'Open',
    answer: 'Answer',
    answerFor: 'Each button opens its conversation alone, for seven days. Do not pass this mail on.',
    more: 'There was more than fits into a mail.',
    toChat: 'Open the chat',
    why: (site) => `You get this because ${site} is yours. There is one such mail an hour at most.`,
    off: 'Send no more of them',
    test: {
      subject: (site) => `A test from ${site}`,
      title: 'Mails work',
      text: 'This is the test you asked for. While you are away, what is said to you comes this way.',
    },
  },
  sv: {
    several: (count, site) => `${count} nya meddelanden på ${site}`,
    title: 'Medan du var borta',
    private: (nick) => `${nick}, privat`,
    reports: 'Anmälda meddelanden',
    reported: 'Se anmälan',
    about: (title) => `Om ”${title}”`,
    open: 'Öppna',
    answer: 'Svara',
    answerFor: 'Varje knapp öppnar bara sitt samtal, i sju dagar. Skicka inte mejlet vidare.',
    more: 'Det var mer än vad som ryms i ett mejl.',
    toChat: 'Öppna chatten',
    why: (site) => `Du får det här för att ${site} är din. Det kommer högst ett sådant mejl i timmen.`,
    off: 'Skicka inga fler',
    test: {
      subject: (site) => `Ett test från ${site}`,
      title: 'Mejlen fungerar',
      text: 'Det här är testet som du bad om. Medan du är borta kommer det som sägs till dig den här vägen.',
    },
  },
  nb: {
    several: (count, site) => `${count} nye meldinger på ${site}`,
    title: 'Mens du var borte',
    private: (nick) => `${nick}, privat`,
    reports: 'Rapporterte meldinger',
    reported: 'Se rapporten',
    about: (title) => `Om «${title}»`,
    open: 'Åpne',
    answer: 'Svar',
    answerFor: 'Hver knapp åpner bare sin samtale, i sju dager. Ikke send e-posten videre.',
    more: 'Det var mer enn det er plass til i en e-post.',
    toChat: 'Åpne chatten',
    why: (site) => `Du får denne fordi ${site} er din. Det kommer høyst én slik e-post i timen.`,
    off: 'Ikke send flere',
    test: {
      subject: (site) => `En test fra ${site}`,
      title: 'E-posten virker',
      text: 'Dette er testen du ba om. Mens du er borte, kommer det som sies til deg denne veien.',
    },
  },
}
