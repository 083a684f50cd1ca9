const AT_ONCE = 6;

/** Does something with each of some things, a few at a time. Throws what the first one that failed throws, once those under way are done. */
export async function inTurns<T>(things: readonly T[], work: (thing: T) => Promise<unknown>): Promise<void> {
  let next = 0;
  const errors: unknown[] = [];
  const take = async () => {
    for (let thing = things[next++]; thing !== undefined && errors.length === 0; thing = things[next++]) {
      await work(thing).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
  if (errors.length > 0) throw errors[0] instanceof Error ? errors[0] : new Error(String(errors[0]));
}
