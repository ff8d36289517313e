import { isolated } from '../contract/direction.ts'
import type { Language } from '../contract/index.ts'
import * as page from '../mail/mail-page.ts'
import type { Mail } from '../mail/mailer.ts'

type Words = {
  subject: (site: string) => string
  title: string
  text: (site: string) => string
  set: string
  once: string
}

const words: Record<Language, Words> = {
  en: {
    subject: (site) => `Set a new password at ${site}`,
    title: 'Set a new password',
    text: (site) => `Somebody, perhaps you, has said that your password at ${site} is forgotten.`,
    set: 'Set a new password',
    once: 'The link works once, for 30 minutes. If it was not you, do nothing: your password stays as it is.',
  },
  sv: {
    subject: (site) => `Välj ett nytt lösenord på ${site}`,
    title: 'Välj ett nytt lösenord',
    text: (site) => `Någon, kanske du, har sagt att ditt lösenord på ${site} är glömt.`,
    set: 'Välj ett nytt lösenord',
    once: 'Länken fungerar en gång, i 30 minuter. Om det inte var du behöver du inte göra något: ditt lösenord är kvar.',
  },
  nb: {
    subject: (site) => `Velg et nytt passord på ${site}`,
    title: 'Velg et nytt passord',
    text: (site) => `Noen, kanskje du, har sagt at passordet ditt på ${site} er glemt.`,
    set: 'Velg et nytt passord',
    once: 'Lenken virker én gang, i 30 minutter. Hvis det ikke var deg, trenger du ikke gjøre noe: passordet ditt er det samme.',
  },
}

/** Writes the mail with the link that sets a new password. */
export function forgottenMail(url: string, site: string, language: Language): Omit<Mail, 'to'> {
  const { subject, title, text, set, once } = words[language]
  const why = text(isolated(site))
  return {
    subject: subject(site),
    text: [title, why, `${set}: ${url}`, once, ''].join('\n\n'),
    html: page.mailPage(
      language,
      title,
      [page.heading(title), page.paragraph(why), page.button(url, set), page.aside(once)],
      [],
    ),
  }
}
