// A person's decisions: kept with author and time, taken back with one key, and never over another's unseen.
import { words } from '../i18n/index.svelte';
import * as api from './api';
import { desk } from './desk.svelte';
import { complain } from './say';
import { toasts } from './toasts.svelte';
import type { Claim, Decision } from './types';

export interface Asked {
  kind: 'accept' | 'not-a-claim' | 'correct' | 'same' | 'different' | 'note';
  claims: string[];
  changes?: Record<string, unknown>;
  note?: string;
}

export interface Kept {
  decision: Decision;
  claims: Claim[];
  touched: { events: string[]; places: string[] };
  version: string;
}

export interface Conflict {
  claim: string;
  seen: string;
  now: string;
  decisions: Decision[];
}

class Deciding {
  /** A decision that met another's: a person chooses. */
  conflict = $state.raw<{ asked: Asked; conflicts: Conflict[]; seen: Record<string, string>; said: string; done: (kept: Kept | null) => void } | null>(null);
  done = $state.raw<string[]>([]);

  async undo(): Promise<void> {
    const last = this.done.at(-1);
    if (last) await this.withdraw(last);
  }

  async withdraw(id: string): Promise<void> {
    try {
      await api.send('POST', `/decisions/${encodeURIComponent(id)}/withdraw`, { note: '' });
      this.done = this.done.filter((one) => one !== id);
      toasts.say(words.t.review.undone, { last: 3000 });
      await desk.refresh();
    } catch (error) {
      complain(error);
    }
  }
}

export const deciding = new Deciding();

/** Keep a decision; `seen` says which version of each claim the person looked at. */
export async function decide(asked: Asked, seen: Record<string, string>, said: string): Promise<Kept | null> {
  const versions = Object.fromEntries(asked.claims.map((id) => [id, seen[id] ?? '']));
  try {
    const kept = await api.send<Kept>('POST', '/decisions', { ...asked, seen: versions });
    deciding.done = [...deciding.done, kept.decision.id];
    toasts.say(said, { act: { label: words.t.common.undo, run: () => void deciding.withdraw(kept.decision.id) } });
    await desk.refresh();
    return kept;
  } catch (error) {
    if (error instanceof api.Problem && error.type === 'riwaya:conflict' && Array.isArray(error.body.conflicts)) {
      const conflicts = error.body.conflicts as Conflict[];
      return new Promise((done) => (deciding.conflict = { asked, conflicts, seen: versions, said, done }));
    }
    complain(error);
    return null;
  }
}

/** Send again what met another's decision, now that it was seen. */
export async function insist(): Promise<void> {
  const held = deciding.conflict;
  if (!held) return;
  deciding.conflict = null;
  const now = Object.fromEntries(held.conflicts.map((one) => [one.claim, one.now]));
  held.done(await decide(held.asked, { ...held.seen, ...now }, held.said));
}

export function yieldTo(): void {
  const held = deciding.conflict;
  deciding.conflict = null;
  held?.done(null);
  void desk.refresh();
}
