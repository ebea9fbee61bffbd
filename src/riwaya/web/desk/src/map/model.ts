// What a map shows on a day, out of what the server said once for all days.
import type { ControlDays, ControlPlace, Day, Points, Span } from '../lib/types';
import { between } from '../lib/days';
import { familyOf, type FamilyName } from './families';

export interface State {
  place: ControlPlace;
  holder: string | null;
  contested: boolean;
  support: number;
  rivals: string[];
  since: Day | null;
}

/** Where a day stands in a row of days; before the first there is nothing, after the last it stays. */
export function dayIndex(days: readonly Day[], at: Day): number {
  if (!days.length || at < days[0]!) return -1;
  return Math.min(between(days[0]!, at), days.length - 1);
}

/** Who held what on a day: spans are half-open and in order, so a look is a bisection. */
export function statesAt(control: ControlDays, at: Day): State[] {
  const index = dayIndex(control.days, at);
  if (index < 0) return [];
  const found: State[] = [];
  for (const place of control.places) {
    const span = spanAt(place.spans, index);
    if (span && (span[2] || span[3])) {
      found.push({ place, holder: span[2], contested: span[3], support: span[4], rivals: span[5], since: control.days[span[0]] ?? null });
    }
  }
  return found;
}

export function spanAt(spans: readonly Span[], index: number): Span | null {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const span = spans[middle]!;
    if (index < span[0]) high = middle - 1;
    else if (index >= span[1]) low = middle + 1;
    else return span;
  }
  return null;
}

/** Places that are held otherwise in one list than in another. */
export function differing(before: readonly State[], after: readonly State[]): { place: ControlPlace; before: State | null; after: State | null }[] {
  const was = new Map(before.map((one) => [one.place.id, one]));
  const is = new Map(after.map((one) => [one.place.id, one]));
  const same = (a?: State, b?: State) => a?.holder === b?.holder && a?.contested === b?.contested;
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((id) => !same(was.get(id), is.get(id)))
    .map((id) => ({ place: (is.get(id) ?? was.get(id))!.place, before: was.get(id) ?? null, after: is.get(id) ?? null }));
}

export interface Happening {
  id: string;
  type: string;
  family: FamilyName;
  lat: number;
  lon: number;
  first: Day;
  last: Day;
  support: number;
  disputed: boolean;
  origins: number;
  place: string;
}

export function happenings(points: Points): Happening[] {
  const at = (name: string) => points.columns.indexOf(name);
  const [id, type, lat, lon, first, last, support, disputed, origins, place] = ['id', 'type', 'lat', 'lon', 'first', 'last', 'support', 'disputed', 'origins', 'place'].map(at) as number[];
  return points.rows.map((row) => ({
    id: String(row[id!]),
    type: String(row[type!]),
    family: familyOf(String(row[type!])),
    lat: Number(row[lat!]),
    lon: Number(row[lon!]),
    first: String(row[first!]),
    last: String(row[last!]),
    support: Number(row[support!]),
    disputed: Boolean(row[disputed!]),
    origins: Number(row[origins!]),
    place: String(row[place!] ?? ''),
  }));
}

export interface Mark {
  key: string;
  family: FamilyName;
  lat: number;
  lon: number;
  slot: number;
  of: number;
  count: number;
  support: number;
  disputed: boolean;
  events: Happening[];
}

/** Events of a stretch of days as marks: one for each place and group, side by side. */
export function marksOf(all: readonly Happening[], from: Day, until: Day): Mark[] {
  const places = new Map<string, Map<FamilyName, Happening[]>>();
  for (const one of all) {
    if (one.last < from || one.first > until) continue;
    const key = one.place || `${one.lat},${one.lon}`;
    let groups = places.get(key);
    if (!groups) places.set(key, (groups = new Map()));
    const group = groups.get(one.family);
    if (group) group.push(one);
    else groups.set(one.family, [one]);
  }
  return [...places].flatMap(([key, groups]) => {
    const ordered = [...groups].sort(([a], [b]) => a.localeCompare(b));
    return ordered.map(([family, events], slot) => ({
      key: `${key} ${family}`,
      family,
      lat: events[0]!.lat,
      lon: events[0]!.lon,
      slot,
      of: ordered.length,
      count: events.length,
      support: Math.max(...events.map((one) => one.support)),
      disputed: events.some((one) => one.disputed),
      events,
    }));
  });
}
