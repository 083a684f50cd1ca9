import { randomInt } from "node:crypto";

const ADJECTIVES =
  "amber brave brisk calm clever crisp eager early fancy gentle golden happy humble jolly keen kind lively lucky mellow merry mighty nimble noble polite proud quick quiet rapid shiny silent sleek smart snowy sunny swift tidy upbeat vivid warm witty".split(
    " ",
  );
const ANIMALS =
  "badger bear bee bison cat crane crow deer dog dove eagle falcon finch fox frog goat goose hare hawk heron horse lark lion lynx mole moose newt otter owl panda quail raven robin seal shark shrew snail swan tiger trout whale wolf wren yak".split(
    " ",
  );

/** A name for a run nobody named, such as "quick-otter-417". */
export function makeRunName(): string {
  const pick = (words: readonly string[]) => words[randomInt(words.length)] ?? "";
  return `${pick(ADJECTIVES)}-${pick(ANIMALS)}-${randomInt(1000)}`;
}
