// A text cut where anything begins or ends, so that overlapping claims need no nested markup.
import { Points } from './codepoints';

export interface Marked {
  start: number;
  end: number;
}

export interface Run<T extends Marked> {
  start: number;
  end: number;
  text: string;
  marks: T[];
}

/** The text between two code points as runs, each with every mark that covers it. */
export function runs<T extends Marked>(points: Points, marks: readonly T[], start = 0, end = points.length): Run<T>[] {
  const inside = marks.filter((mark) => mark.end > start && mark.start < end && mark.end > mark.start);
  const edges = new Set([start, end]);
  for (const mark of inside) {
    edges.add(Math.max(mark.start, start));
    edges.add(Math.min(mark.end, end));
  }
  const cuts = [...edges].sort((a, b) => a - b);
  const open = [...inside].sort((a, b) => a.start - b.start || b.end - a.end);
  const found: Run<T>[] = [];
  let live: T[] = [];
  let next = 0;
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [from, until] = [cuts[i]!, cuts[i + 1]!];
    live = live.filter((mark) => mark.end > from);
    for (; next < open.length && open[next]!.start <= from; next++) if (open[next]!.end > from) live.push(open[next]!);
    found.push({ start: from, end: until, text: points.slice(from, until), marks: [...live] });
  }
  return found;
}

export type RoleName = 'actor' | 'target' | 'place' | 'toward' | 'time' | 'quantity' | 'chain' | 'trigger';

export interface RoleMark extends Marked {
  role: RoleName;
  claim: string;
}

interface Spanned {
  start: number;
  end: number;
}

interface Says {
  id: string;
  actor: Spanned[];
  target: Spanned[];
  place: Spanned[];
  toward: Spanned[];
  time: Spanned | null;
  quantity: Spanned | null;
  chain: Spanned[];
  trigger: Spanned;
}

/** Every span of a claim with the role it plays; what a person corrected has no words and no span. */
export function roleMarks(claim: Says): RoleMark[] {
  const found: RoleMark[] = [];
  const put = (role: RoleName, spans: (Spanned | null)[]) => {
    for (const span of spans) if (span && span.end > span.start) found.push({ role, claim: claim.id, start: span.start, end: span.end });
  };
  put('chain', claim.chain);
  for (const role of ['actor', 'target', 'place', 'toward'] as const) put(role, claim[role]);
  put('time', [claim.time]);
  put('quantity', [claim.quantity]);
  put('trigger', [claim.trigger]);
  return found;
}

/** The role that is shown where several meet: the shortest words, the trigger beneath all others. */
export function shownRole(marks: readonly RoleMark[]): RoleMark | null {
  let best: RoleMark | null = null;
  for (const mark of marks) {
    if (!best) best = mark;
    else if (best.role === 'trigger' && mark.role !== 'trigger') best = mark;
    else if (mark.role !== 'trigger' && mark.end - mark.start < best.end - best.start) best = mark;
  }
  return best;
}
