/** What is looked at of the flags of a command. */
export type FlagShapes = Record<
  string,
  { char?: string; aliases?: string[]; multiple?: boolean; multipleNonGreedy?: boolean; type: string; helpGroup?: string }
>;

/**
 * A command line with every flag by the name the command knows: dashes and underscores in names mean the same (--max-tokens,
 * --max_tokens). Values stay as they are, also those that look like flags, and everything after `--`.
 */
export function normalizeArgv(argv: readonly string[], flags: FlagShapes): string[] {
  const names = knownNames(flags);
  const end = argv.indexOf("--");
  const last = end < 0 ? argv.length : end;
  const result: string[] = [];
  for (let i = 0; i < last; i++) {
    const word = argv[i] ?? "";
    const [, written, value = ""] = /^--([^=]+)(=.*)?$/s.exec(word) ?? [];
    const name = written === undefined ? undefined : (names.get(plain(written)) ?? written);
    result.push(name === undefined ? word : `--${name}${value}`);
    const next = argv[i + 1];
    if (next !== undefined && i + 1 < last && takesNext(word, name, value, flags)) {
      result.push(next);
      i++;
    }
  }
  return [...result, ...argv.slice(last)];
}

/** Every name a flag can be written by, in dashes, with the one the command knows. */
function knownNames(flags: FlagShapes): Map<string, string> {
  const names = new Map<string, string>();
  for (const [name, { aliases = [], type }] of Object.entries(flags)) {
    for (const one of [name, ...aliases]) {
      names.set(plain(one), one);
      if (type === "boolean") names.set(plain(`no-${one}`), `no-${one}`);
    }
  }
  return names;
}

/** Whether the next word is the value of this one. */
function takesNext(word: string, name: string | undefined, value: string, flags: FlagShapes): boolean {
  if (value !== "") return false;
  const found =
    name === undefined
      ? Object.values(flags).find(({ char }) => char !== undefined && word === `-${char}`)
      : Object.entries(flags).find(([own, { aliases = [] }]) => own === name || aliases.includes(name))?.[1];
  return found?.type === "option";
}

function plain(name: string): string {
  return name.replaceAll("_", "-");
}
