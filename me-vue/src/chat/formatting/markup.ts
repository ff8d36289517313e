/**
 * A text without any of these is shown as it is, and the code that reads Markdown is not loaded. The last two are a host
 * with non-ASCII letters, and characters that change the direction of text: that code knows how to show such addresses.
 */
const MARKUP =
  /[*_~]\S[^]*[*_~]|`[^]+`|\]\(|^ {0,3}(?:>|~~~|[-+*]\s|\d{1,9}[.)]\s)|:(?:[a-z+-][a-z0-9_+-]*|100):|\/\/[^\s/?#]*[^\s!-~]|[\u202a-\u202e\u2066-\u2069]/imu

/** Whether a text may hold an address. */
export const hasAddress = (text: string): boolean => /https?:\/\//i.test(text)

/** Whether a text may hold something to format. It may be wrong only in saying yes. */
export const hasMarkup = (text: string): boolean => MARKUP.test(text)

/** An emoji of a few code points, or three of them: more than this is a text. */
const LONE_MAX = 40
const LONE = /^(?:\p{RGI_Emoji}\s*){1,3}$/v

/** One to three emoji and nothing else: shown large. A browser takes long to compile `LONE`, and most texts do not need it. */
export const isLoneEmoji = (text: string): boolean =>
  text.length <= LONE_MAX && !/[a-z]/i.test(text) && LONE.test(text.trim())
