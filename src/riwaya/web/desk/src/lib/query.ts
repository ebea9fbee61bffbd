// A view of the desk is its address: filters and clocks are read from it and written to it.

/** The filters that every list of the server takes. */
export const FILTERS = ['at', 'known_by', 'first', 'last', 'place', 'area', 'actor', 'type', 'status', 'origin', 'outlet', 'q', 'review', 'disputed'] as const;
export type FilterName = (typeof FILTERS)[number];
const REPEATED = new Set<string>(['type', 'status']);

export type Params = Record<string, string | string[]>;

/** An address's query as plain values; what is repeated is a list. */
export function parse(search: string): Params {
  const found: Params = {};
  for (const [key, value] of new URLSearchParams(search)) {
    if (!value) continue;
    if (REPEATED.has(key)) found[key] = [...new Set([...((found[key] as string[] | undefined) ?? []), value])];
    else found[key] = value;
  }
  return found;
}

/** Plain values as a query, in one order, so that the same view has the same address. */
export function write(params: Readonly<Record<string, string | readonly string[] | null | undefined>>): string {
  const out = new URLSearchParams();
  for (const key of Object.keys(params).sort()) {
    const value = params[key];
    if (Array.isArray(value)) for (const one of [...new Set(value as string[])].sort()) out.append(key, one);
    else if (typeof value === 'string' && value) out.append(key, value);
  }
  const text = out.toString();
  return text ? `?${text}` : '';
}

/** Only the filters, for asking the server; `without` names some to leave out. */
export function filtersOf(params: Params, without: readonly string[] = []): Params {
  return Object.fromEntries(FILTERS.filter((key) => key in params && !without.includes(key)).map((key) => [key, params[key]!]));
}

/** A view with some values changed; null takes one away. */
export function changed(params: Params, change: Record<string, string | string[] | null | undefined>): Params {
  const next: Params = { ...params };
  for (const [key, value] of Object.entries(change)) {
    if (value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)) delete next[key];
    else next[key] = value;
  }
  return next;
}
