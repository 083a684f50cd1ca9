/**
 * Begins to count the milliseconds of processor time that this process takes; what it returns says how many there were. A busy machine
 * does not add to them, as it does to those of a clock, so that work which grows too fast with its input can be told.
 */
export function processorTime(): () => number {
  const begun = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  };
}
