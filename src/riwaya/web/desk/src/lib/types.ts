// What the server says, as far as the desk reads it: see /api/v1/openapi.json.

export type Lang = 'ar' | 'en';
export type Day = string; // YYYY-MM-DD

export interface Labelled {
  id: string;
  label_ar: string;
  label_en: string;
}

export interface Counted extends Labelled {
  count: number;
}

export interface Session {
  mode: 'local' | 'accounts' | 'proxy';
  user: { name: string; role: Role } | null;
  csrf: string;
  can: { read: boolean; write: boolean; admin: boolean };
}

export type Role = 'admin' | 'reviewer' | 'reader';

export interface ActorMeta extends Counted {
  kind: string;
  theatre: string;
  holds: boolean;
  rank: number;
}

export interface ExportMeta {
  name: string;
  ending: string;
  about: string;
  tables: string[];
  hxl: boolean;
  bom: boolean;
  ready: boolean;
}

export interface Tiles {
  url: string;
  kind: 'raster' | 'pmtiles';
  attribution: string;
}

export interface Meta {
  version: string;
  pack: string;
  ledger: string;
  tiles: Tiles | null;
  fetch?: boolean;
  counts: Record<'reports' | 'claims' | 'events' | 'disputes' | 'places' | 'decisions', number>;
  dates: { first: Day | null; last: Day | null; known_first: string | null; known_last: string | null };
  types: (Counted & { family: string })[];
  statuses: Counted[];
  roles: Labelled[];
  levels: Labelled[];
  extents: Labelled[];
  voices: Labelled[];
  reviews: Labelled[];
  theatres: (Counted & { countries: string[]; bounds: [number, number, number, number] })[];
  actors: ActorMeta[];
  areas: (Counted & { country: string })[];
  origins: (Counted & { kind: string })[];
  outlets: { name: string; count: number }[];
  labels: Record<string, [string, string]>;
  exports: ExportMeta[];
  fields: string[];
}

export interface Mention {
  id: string;
  name: string;
  start: number;
  end: number;
  label_ar?: string;
  label_en?: string;
}

export interface PlaceMention extends Mention {
  lat: number | null;
  lon: number | null;
  level: string;
  label_ar: string;
  label_en: string;
}

export interface Link {
  name: string;
  id: string;
  kind: string;
  start: number;
  end: number;
}

export interface Words {
  start: number;
  end: number;
  text: string;
}

export interface Quantity extends Words {
  min?: number | null;
  max?: number | null;
  unit: string;
  cumulative?: boolean;
}

export interface ReviewState {
  state: 'open' | 'accepted' | 'rejected' | 'corrected' | 'noted';
  version: string;
  by: string;
  at: string;
}

export interface Claim {
  id: string;
  report: string;
  type: string;
  status: string;
  actor: Mention[];
  target: Mention[];
  place: PlaceMention[];
  toward: PlaceMention[];
  extent: string | null;
  when: [Day, Day] | null;
  time: Words | null;
  quantity: Quantity | null;
  chain: Link[];
  hedged: boolean;
  trigger: Words;
  evidence: Words;
  reader: string;
  outlet: string;
  title: string;
  published: string | null;
  url: string;
  day: Day | null;
  disputed: boolean;
  review: ReviewState;
  corrections: Record<string, unknown>;
  why?: { slot: string; reason: string }[];
}

/** The small row of the table; `evidence` is words only. */
export interface BriefClaim {
  id: string;
  report: string;
  type: string;
  status: string;
  actor: Mention[];
  target: Mention[];
  place: PlaceMention[];
  when: [Day, Day] | null;
  day: Day | null;
  outlet: string;
  published: string | null;
  origin: { id: string; name: string; kind: string } | null;
  evidence: string;
  review: ReviewState;
  disputed: boolean;
}

export interface Decision {
  id: string;
  kind: 'accept' | 'not-a-claim' | 'correct' | 'same' | 'different' | 'note' | 'withdraw';
  author: string;
  made_at: string;
  claims: string[];
  changes: Record<string, unknown> | null;
  note: string;
  withdraws: string | null;
  withdrawn_by: string | null;
}

export interface ClaimDetail extends Claim {
  why: { slot: string; reason: string }[];
  decisions: Decision[];
  event: string | null;
  now: Claim | null;
}

export interface Origin {
  id: string;
  kind: string;
  name: string;
  reports: string[];
  claims: string[];
  stance: 'supports' | 'denies';
}

export interface EventSummary {
  id: string;
  type: string;
  place: (Labelled & { name: string; lat: number | null; lon: number | null; level: string }) | null;
  when: [Day, Day];
  actor: Mention[];
  target: Mention[];
  quantity: { min?: number | null; max?: number | null; unit: string; cumulative?: boolean } | null;
  support: number;
  origins: Origin[];
  disputed: boolean;
  claims: string[];
}

export interface WeighPart {
  origin: string;
  kind: string;
  name: string;
  stance: 'supports' | 'denies';
  value: number;
  reasons: string[];
  reports: string[];
  claims: string[];
}

export interface EventDetail extends EventSummary {
  weighing: { probability: number; prior: number; parts: WeighPart[] };
  links: { a: string; b: string; score: number; parts: Record<string, number> }[];
  told: Claim[];
  tellings: string[][];
  disputes: Dispute[];
  near: EventSummary[];
}

export interface Side {
  says: string;
  origins: string[];
  reports: string[];
  claims: string[];
  told?: Claim[];
}

export interface Dispute {
  id: string;
  place: Labelled & { name: string; lat: number | null; lon: number | null };
  type: string;
  when: Day;
  since: string;
  sides: Side[];
  settled: boolean;
  how: string;
  settled_by: string[];
}

export interface PlaceRow extends Labelled {
  lat: number | null;
  lon: number | null;
  level: string;
  country: string;
  parent: string;
  parent_label_ar: string;
  parent_label_en: string;
  population: number | null;
  count: number;
}

export type Span = [from: number, until: number, holder: string | null, contested: boolean, support: number, rivals: string[]];

export interface ControlPlace extends Labelled {
  level: string;
  lat: number | null;
  lon: number | null;
  parent: string;
  spans: Span[];
}

export interface ControlDays {
  days: Day[];
  known_by: string | null;
  places: ControlPlace[];
}

export interface Points {
  columns: string[];
  rows: (string | number | boolean | null)[][];
}

export interface Act {
  act: string;
  side: string;
  day: Day;
  source: string;
  factor: number;
  probability?: number;
  parts?: unknown[];
}

export interface HistorySpan {
  from: Day;
  until: Day | null;
  holder: string | null;
  contested: boolean;
  support: number;
  rivals: string[];
  claims: string[];
  acts: Act[];
  why: 'acts' | 'faded' | 'hindsight';
}

export interface PlaceStory {
  place: PlaceRow;
  lineage: Labelled[];
  inside: Counted[];
  history: HistorySpan[];
  days: [Day, Record<string, number>][];
  origins: (OriginSummary & { claims: Claim[] })[];
  events: EventSummary[];
  disputes: Dispute[];
  counts: Record<string, number>;
}

export interface OriginSummary {
  id: string;
  kind: string;
  name: string;
  label_ar: string;
  label_en: string;
  reports: number;
  claims: number | unknown[];
  outlets: string[];
}

export interface OriginStory {
  id: string;
  kind: string;
  name: string;
  label_ar: string;
  label_en: string;
  reports: number;
  claims: number;
  outlets: string[];
  items: Claim[];
  next: string | null;
  events: EventSummary[];
  types: Record<string, number>;
  places: Counted[];
}

export interface ActorStory {
  actor: Labelled & { kind: string; theatre: string; part_of: string[]; allies: string[]; enemies: string[] };
  holds: { place: PlaceMention; since: Day | null; support: number; contested: boolean }[];
  counts: Record<string, number>;
  types: Record<string, number>;
  days: [Day, number][];
  events: EventSummary[];
  disputes: Dispute[];
  says: OriginSummary[];
}

export interface Report {
  id: string;
  title: string;
  outlet: string;
  published: string | null;
  url: string;
  language: string;
  origin: string;
  text: string;
}

export interface Custody {
  sha256: string;
  size: number;
  received_at: string;
  source: string;
  kind: string;
  command: string;
  reader: string;
  pack: string;
  original: boolean;
}

export interface ReportDetail {
  report: Report;
  claims: (Claim & { why: { slot: string; reason: string }[] })[];
  custody: Custody | null;
  copies: { report: string; outlet: string; published: string | null }[];
  events: Record<string, string>;
}

export interface Timeline {
  by: string;
  days: Day[];
  types: { id: string; counts: number[] }[];
  total: number[];
}

/** Words of a report around what was looked for; the marks count from the report's beginning. */
export interface Snippet {
  field: 'title' | 'text';
  start: number;
  end: number;
  text: string;
  marks: [number, number][];
}

export interface SearchFound {
  q: string;
  claims: { total: number; items: BriefClaim[] };
  reports: { total: number; items: { id: string; title: string; outlet: string; published: string | null; snippets?: Snippet[] }[] };
  places: PlaceRow[];
  actors: Labelled[];
}

export interface QueueItem {
  claim: BriefClaim;
  reasons: { kind: string; weight: number; detail: Record<string, unknown> }[];
  score: number;
  event: string | null;
  place: string | null;
}

export interface Job {
  id: string;
  state: 'waiting' | 'reading' | 'concluding' | 'done' | 'failed';
  name: string;
  done: number;
  new: number;
  known: number;
  claims: number;
  reports: { id: string; title: string; new: boolean; claims: number }[];
  skipped: { where: string; what: string; hint: string }[];
  started_at: string;
  ended_at: string | null;
}

export interface Tried {
  report: Report;
  claims: (Claim & { why: { slot: string; reason: string }[] })[];
  problems: { where: string; what: string; hint: string }[];
  milliseconds: number;
}

export interface List<T> {
  items: T[];
  next: string | null;
  total: number | null;
}
