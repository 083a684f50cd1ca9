/** A message of OpenAI's Harmony format: its channel, and what stands up to the next special token. */
const MESSAGE = /<\|channel\|>\s*(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>([\s\S]*?)(?=<\|(?:end|return|call|start|channel)\|>|$)/g;
/** The same where a server left the special tokens out. */
const STRIPPED = /^\s*analysis(?!\s)([\s\S]*?)assistantfinal([\s\S]*)$/;

/**
 * Splits a text in the channels of gpt-oss (Harmony): `final` is the answer, `analysis` and `commentary` are thoughts. A text
 * without a final channel has no answer. Undefined for a text without channels.
 */
export function splitChannels(text: string): { thoughts: string | undefined; answer: string } | undefined {
  if (!text.includes("<|channel|>")) return splitStripped(text);
  const messages = Array.from(text.matchAll(MESSAGE), ([, channel = "", content = ""]) => ({ channel, content: content.trim() }));
  const of = (isFinal: boolean) => messages.filter(({ channel }) => (channel === "final") === isFinal).map(({ content }) => content);
  const before = text
    .slice(0, text.indexOf("<|channel|>"))
    .replace(/<\|start\|>\s*assistant\s*$/, "")
    .replace(/<\|\w+\|>/g, "")
    .trim();
  if (messages.length === 0 && before !== "") return undefined;
  const thoughts = [before, ...of(false)].filter((part) => part !== "").join("\n");
  return { thoughts: thoughts === "" ? undefined : thoughts, answer: of(true).join("\n") };
}

function splitStripped(text: string): { thoughts: string; answer: string } | undefined {
  const [, thoughts, answer] = STRIPPED.exec(text) ?? [];
  return thoughts === undefined || answer === undefined ? undefined : { thoughts: thoughts.trim(), answer: answer.trim() };
}
