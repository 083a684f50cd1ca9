import type { Job } from "./job.js";
import type { NativeContext } from "./native-context.js";
import type { Slot } from "./slots.js";

/**
 * Jobs that have the same tokens so far need only be evaluated once: one of them leads, in its slot, and the others follow,
 * each with its own sampler on the same logits, until they choose another token. Then they part, with a copy of the cache.
 */

/** The slot that is evaluating exactly this prompt and has sampled nothing yet. */
export function findLeader(slots: readonly Slot[], job: Job): Slot | undefined {
  if (!canShare(job)) return undefined;
  return slots.find((slot) => slot.job !== job && slot.job?.phase === "prefill" && canShare(slot.job) && samePrompt(slot.job, job));
}

/** The jobs that follow a slot's job and are still wanted. */
export function followersOf(slots: readonly Slot[], leader: Slot): Job[] {
  return slots.flatMap(({ job }) => (job?.phase === "follow" && job.leader === leader.id ? [job] : []));
}

/** Where a slot's job is over but others follow it, the first of them takes its place. */
export function replaceLeader(slots: readonly Slot[], slot: Slot): void {
  if (!slot.job?.over) return;
  const [next] = followersOf(slots, slot);
  if (next) lead(slots, slot, next);
}

/**
 * After every member of a group has its token: those that chose the same one stay together. The leader's group keeps the slot,
 * or the largest one when the leader is over; the others go on in slots of their own.
 */
export async function regroup(native: NativeContext, slots: readonly Slot[], slot: Slot, followers: readonly Job[]): Promise<void> {
  const leader = slot.job;
  const members = [...(leader ? [leader] : []), ...followers].filter((job) => !job.over);
  const tokens = [...new Set(members.map((job) => job.next))];
  const groups = tokens.map((token) => members.filter((job) => job.next === token));
  const staying = groups.find((group) => leader && group.includes(leader)) ?? groups.sort((a, b) => b.length - a.length)[0];
  for (const group of groups) {
    const [head, ...others] = group as [Job, ...Job[]];
    let place = slot;
    if (group === staying) lead(slots, slot, head);
    else {
      place = slotOf(slots, head);
      await native.copy(place.id, slot.id);
      place.tokens = [...slot.tokens];
      start(head);
    }
    for (const job of others) follow(job, place);
  }
}

/** Lets a job follow a slot's. */
export function follow(job: Job, leader: Slot): void {
  if (job.over) return;
  job.phase = "follow";
  job.leader = leader.id;
}

/** Puts a job at the head of a slot that holds its tokens; the slot's job before takes the place it comes from. */
function lead(slots: readonly Slot[], slot: Slot, job: Job): void {
  const before = slotOf(slots, job);
  if (before !== slot) [slot.job, before.job] = [job, slot.job];
  start(job);
}

/** Jobs that were cancelled meanwhile stay so. */
function start(job: Job): void {
  if (job.over) return;
  job.phase = job.generated > 0 ? "decode" : "prefill";
  job.leader = undefined;
}

function slotOf(slots: readonly Slot[], job: Job): Slot {
  return slots.find((slot) => slot.job === job) as Slot;
}

function canShare({ options }: Job): boolean {
  return options.maxTokens > 0 && options.onPromptToken === undefined;
}

function samePrompt(a: Job, b: Job): boolean {
  const [first, second] = [a.options.prompt, b.options.prompt];
  return first.length === second.length && first.every((token, i) => token === second[i]);
}
