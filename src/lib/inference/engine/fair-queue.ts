/** What the queue has to know of a job. */
export interface QueuedJob {
  /** Who asked for it. */
  readonly caller: string;
  /** Of one caller lower ones go first. One above 0 steps back behind everybody's; none below 0 overtakes another caller's. */
  readonly priority: number;
  /** Grows with every job that is made. */
  readonly order: number;
  /** No longer wanted. */
  readonly over: boolean;
  /** Its first token is still to come. */
  readonly pending: boolean;
  /** Tokens of its prompt that are still to be evaluated. */
  readonly promptLeft: number;
}

/** What one caller has had, and what it waits for. */
interface Account<J> {
  /** Tokens computed for it: those of prompts, and those of answers. */
  served: number;
  /** By priority, then in the order they came. */
  readonly waiting: J[];
  readonly running: Set<J>;
}

/**
 * Jobs that wait for a slot, in fair order: of those that step back least, the next is that of the caller for whom the fewest tokens have been
 * computed. Tokens count as they are computed, because nobody knows before how many an answer takes: a bound that most answers stay far
 * below would hold those back who give none. A prompt counts from the moment it has a slot. (This is the virtual token counter of
 * Sheng et al., "Fairness in Serving Large Language Models", 2024.)
 *
 * Who comes without anything pending as urgent starts level with the least served of those it has to share with: being idle earns nothing. Where
 * there are none it starts level with the most served: using what nobody else wanted costs nothing.
 */
export class FairQueue<J extends QueuedJob> {
  private readonly accounts = new Map<string, Account<J>>();

  /** Jobs that wait and are still wanted. */
  get waiting(): number {
    return [...this.accounts.values()].reduce((sum, { waiting }) => sum + waiting.filter(({ over }) => !over).length, 0);
  }

  add(job: J): void {
    const level = this.levelFor(job);
    this.forget();
    const account = this.accounts.get(job.caller) ?? { served: level, waiting: [], running: new Set<J>() };
    this.accounts.set(job.caller, account);
    account.served = Math.max(account.served, level); // changes nothing where it is one of them already
    const before = account.waiting.findLastIndex(({ priority }) => priority <= job.priority);
    account.waiting.splice(before + 1, 0, job);
  }

  /** The job whose turn it is; undefined where none waits. */
  next(): J | undefined {
    let best: Candidate<J> | undefined;
    for (const account of this.accounts.values()) {
      while (account.waiting[0]?.over) account.waiting.shift();
      const [job] = account.waiting;
      if (job && (!best || goesBefore({ job, account }, best))) best = { job, account };
    }
    return best?.job;
  }

  /** A waiting job gets a slot. */
  start(job: J): void {
    const { waiting, running } = this.accountOf(job);
    waiting.splice(waiting.indexOf(job), 1);
    running.add(job);
  }

  /** So many tokens of a running job's prompt or answer have been computed. */
  count(job: J, tokens: number): void {
    this.accountOf(job).served += tokens;
  }

  /** A running job has left its slot. */
  end(job: J): void {
    this.accountOf(job).running.delete(job);
  }

  /** The order in which prompts of running jobs are evaluated: the least served caller's first, and each caller's as they came. */
  readonly compare = (a: J, b: J): number => {
    const [first, second] = [this.accountOf(a), this.accountOf(b)];
    return first.served - second.served || first.running.size - second.running.size || a.order - b.order;
  };

  /**
   * The jobs that have to go where `places` are lacking for `count` more jobs of a caller: the last ones of whoever has most waiting.
   * Undefined where the caller would then have more waiting than they.
   */
  displacedBy(caller: string, { count, places }: { count: number; places: number }): J[] | undefined {
    const lists = new Map([...this.accounts].map(([name, { waiting }]) => [name, waiting.filter(({ over }) => !over)]));
    const own = (lists.get(caller)?.length ?? 0) + count;
    const displaced: J[] = [];
    while (displaced.length < places) {
      const longest = [...lists.values()].reduce((most, list) => (list.length > most.length ? list : most), []);
      if (longest.length <= own) return undefined;
      displaced.push(longest.pop() as J);
    }
    return displaced;
  }

  private levelFor(job: J): number {
    const accounts = [...this.accounts.values()];
    const rivals = accounts.filter((account) => isPending(account, stepsBack(job)));
    return rivals.length > 0 ? least(rivals) : Math.max(0, ...accounts.map(({ served }) => served));
  }

  /** Drops who would start level with the others anyway. */
  private forget(): void {
    const level = least([...this.accounts.values()].filter((account) => isPending(account)));
    for (const [caller, { served, waiting, running }] of this.accounts) {
      if (served <= level && waiting.length === 0 && running.size === 0) this.accounts.delete(caller);
    }
  }

  private accountOf({ caller }: J): Account<J> {
    return this.accounts.get(caller) as Account<J>;
  }
}

interface Candidate<J> {
  job: J;
  account: Account<J>;
}

/** Behind how many others' a job steps back: how urgent callers call their own is for none but their own. */
function stepsBack({ priority }: QueuedJob): number {
  return Math.max(0, priority);
}

/** True where something of it waits for its first token: in a slot, or for one and steps back no more than that. */
function isPending<J extends QueuedJob>({ waiting, running }: Account<J>, most = Infinity): boolean {
  return waiting.some((job) => !job.over && stepsBack(job) <= most) || [...running].some(({ over, pending }) => pending && !over);
}

function least<J>(accounts: readonly Account<J>[]): number {
  return Math.min(...accounts.map(({ served }) => served));
}

function goesBefore<J extends QueuedJob>(a: Candidate<J>, b: Candidate<J>): boolean {
  const difference =
    stepsBack(a.job) - stepsBack(b.job) ||
    committed(a.account) - committed(b.account) ||
    a.account.running.size - b.account.running.size ||
    a.job.order - b.job.order;
  return difference < 0;
}

/** What a caller has had, and will have by the prompts that are in slots. */
function committed<J extends QueuedJob>({ served, running }: Account<J>): number {
  return [...running].reduce((sum, job) => sum + (job.over ? 0 : job.promptLeft), served);
}
