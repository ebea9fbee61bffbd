// Where the desk is: a page, what it is about, and the view in the address's query.
import { changed, parse, write, type Params } from './query';

export type PageName =
  | 'map' | 'timeline' | 'claims' | 'place' | 'event' | 'actor' | 'origin' | 'origins' | 'disputes' | 'report' | 'review' | 'add' | 'search' | 'people';

const PAGES = new Set<string>(['timeline', 'claims', 'place', 'event', 'actor', 'origin', 'origins', 'disputes', 'report', 'review', 'add', 'search', 'people']);

interface Where {
  page: PageName | 'lost';
  id: string;
  params: Params;
}

function read(): Where {
  const [, page = '', ...rest] = location.pathname.split('/');
  const params = parse(location.search);
  if (page === '') return { page: 'map', id: '', params };
  let id = rest.join('/');
  try {
    id = decodeURIComponent(id);
  } catch {
    // An address with a broken escape names nothing.
  }
  return { page: PAGES.has(page) ? (page as PageName) : 'lost', id, params };
}

class Url {
  now = $state.raw<Where>(read());

  constructor() {
    addEventListener('popstate', () => (this.now = read()));
  }

  get params(): Params {
    return this.now.params;
  }

  /** One value of the view. */
  get(name: string): string {
    const value = this.now.params[name];
    return typeof value === 'string' ? value : (value?.[0] ?? '');
  }

  all(name: string): string[] {
    const value = this.now.params[name];
    return value === undefined ? [] : typeof value === 'string' ? [value] : value;
  }

  /** Go to an address of the desk. */
  go(address: string, { replace = false } = {}): void {
    if (address === location.pathname + location.search) return;
    history[replace ? 'replaceState' : 'pushState'](null, '', address);
    const before = this.now;
    this.now = read();
    if (!replace && (before.page !== this.now.page || before.id !== this.now.id)) scrollTo(0, 0);
  }

  /** The same page with some of the view changed. Small moves (a slider) replace, so that Back leaves. */
  set(change: Record<string, string | string[] | null | undefined>, { replace = true } = {}): void {
    this.go(location.pathname + write(changed(this.now.params, change)), { replace });
  }
}

export const url = new Url();

/** What is kept when going from one page to another: both clocks. */
const CLOCKS = ['at', 'known_by', 'follow'];

/** The address of a page, with both clocks as they stand. */
export function to(page: PageName, id = '', extra: Record<string, string | string[] | null | undefined> = {}): string {
  const clocks = Object.fromEntries(CLOCKS.map((name) => [name, url.get(name)]));
  const path = page === 'map' ? '/' : `/${page}${id ? `/${encodeURIComponent(id)}` : ''}`;
  return path + write({ ...clocks, ...extra });
}

/** Links of the desk are followed without leaving the page; modified clicks are the browser's. */
export function follow(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest?.('a[href]');
  if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target || link.hasAttribute('download')) return;
  if (link.origin !== location.origin || link.pathname.startsWith('/api/')) return;
  if (link.hash && link.pathname === location.pathname) return;
  event.preventDefault();
  url.go(link.pathname + link.search);
}
