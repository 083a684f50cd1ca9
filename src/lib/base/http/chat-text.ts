/** Control characters, other line ends and what turns the order of text around. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]+/g;

/** A text from anywhere as a part of one line of a message: no line end or control character forges another. */
export function messageLine(text: string): string {
  return text.replace(UNSEEN, " ");
}

/**
 * The same for Slack and those that take its form: no links with another name, and nobody is called by <!channel>, <@U1>, or by @everyone,
 * which Mattermost and Discord understand in plain text.
 */
export function chatText(text: string): string {
  return messageLine(text)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/@(?=\w)/g, "@\u200b");
}
