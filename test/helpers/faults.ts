/** What was found wrong by the way, in answers of servers and documents of commands: the test under which it happened fails. */
const faults = new Set<string>();

export function noteFault(fault: string): void {
  faults.add(fault);
}

/** The faults since the last call. */
export function takeFaults(): string[] {
  const found = [...faults];
  faults.clear();
  return found;
}
