/** A command as completion needs it. */
export interface CompletedCommand {
  /** Its words: "mlflow runs". */
  name: string;
  summary: string;
  flags: { name: string; char?: string | undefined; summary: string; takesValue: boolean; options: readonly string[] }[];
}

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that completes commands, flags and their values; it stands alone and starts nothing. */
export function completionScript(shell: Shell, bin: string, commands: readonly CompletedCommand[]): string {
  if (shell === "fish") return fishScript(bin, commands);
  const bash = bashScript(bin, commands);
  return shell === "bash" ? bash : `#compdef ${bin}\nautoload -U +X bashcompinit && bashcompinit\n${bash}`;
}

/** What may follow each beginning of a command: "mlflow" -> runs, best, ... */
function nextWords(commands: readonly CompletedCommand[]): Map<string, Map<string, string>> {
  const next = new Map<string, Map<string, string>>();
  for (const { name, summary } of commands) {
    const words = name.split(" ");
    words.forEach((word, i) => {
      const before = words.slice(0, i).join(" ");
      const known = next.get(before) ?? new Map<string, string>();
      next.set(before, known);
      if (i === words.length - 1) known.set(word, summary);
      else if (!known.has(word)) known.set(word, "");
    });
  }
  return next;
}

function bashScript(bin: string, commands: readonly CompletedCommand[]): string {
  const fn = `_${bin.replace(/\W/g, "_")}`;
  const words = [...nextWords(commands)].map(([before, known]) => `    "${before}") words="${[...known.keys()].join(" ")}" ;;`);
  const flags = commands.map(({ name, flags: own }) => `    "${name}") flags="${own.map((flag) => `--${flag.name}`).join(" ")}" ;;`);
  const values = commands.flatMap(({ name, flags: own }) =>
    own.filter(({ options }) => options.length > 0).map((flag) => `    "${name} --${flag.name}") values="${flag.options.join(" ")}" ;;`),
  );
  return `# source <(${bin} completion bash)
${fn}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" words="" flags="" values="" i word
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in -*) break ;; esac
    ${fn}_next "$command"
    case " $words " in *" $word "*) command="\${command:+$command }$word" ;; *) break ;; esac
  done
  ${fn}_next "$command"
  case "$command" in
${flags.join("\n")}
  esac
  case "$command $previous" in
${values.join("\n")}
  esac
  if [ -n "$values" ]; then COMPREPLY=($(compgen -W "$values" -- "$current"))
  elif [ "\${current#-}" != "$current" ]; then COMPREPLY=($(compgen -W "$flags" -- "$current"))
  elif [ "\${previous#--}" = "$previous" ] && [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
${fn}_next() {
  words=""
  case "$1" in
${words.join("\n")}
  esac
}
complete -o default -F ${fn} ${bin}
`;
}

function fishScript(bin: string, commands: readonly CompletedCommand[]): string {
  const quote = (text: string) => `'${text.replace(/\\/g, "\\\\").replace(/'/g, "\\'")}'`;
  const condition = (before: string, rest: readonly string[]) => {
    const seen = before.split(" ").filter((word) => word !== "");
    const parts = seen.map((word) => `__fish_seen_subcommand_from ${word}`);
    const others = rest.length > 0 ? [`not __fish_seen_subcommand_from ${rest.join(" ")}`] : [];
    return [...parts, ...others].join("; and ") || "true";
  };
  const words = [...nextWords(commands)].flatMap(([before, known]) =>
    [...known].map(
      ([word, summary]) => `complete -c ${bin} -n ${quote(condition(before, [...known.keys()]))} -a ${word} -d ${quote(summary)}`,
    ),
  );
  const flags = commands.flatMap(({ name, flags: own }) =>
    own.map(({ name: flag, char, summary, takesValue, options }) =>
      [
        `complete -c ${bin} -n ${quote(condition(name, []))} -l ${flag}`,
        ...(char === undefined ? [] : [`-s ${char}`]),
        ...(options.length > 0 ? [`-xa ${quote(options.join(" "))}`] : takesValue ? ["-r"] : []),
        `-d ${quote(summary)}`,
      ].join(" "),
    ),
  );
  return `# ${bin} completion fish | source\n${[...words, ...flags].join("\n")}\n`;
}
