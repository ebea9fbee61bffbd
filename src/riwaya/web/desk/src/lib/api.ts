// Asking the server: one place for the session's token, problems, and addresses.
import type { Session } from './types';
import { write } from './query';

export const BASE = '/api/v1';

/** What went wrong, in the server's kind of words; the page shows its own text by `type`. */
export class Problem extends Error {
  constructor(
    readonly type: string,
    readonly status: number,
    readonly detail: string,
    readonly body: Record<string, unknown> = {},
  ) {
    super(detail || type);
  }
}

let csrf = '';
let signedOut: () => void = () => undefined;

/** What to do when the server wants somebody to sign in. */
export function onSignedOut(act: () => void): void {
  signedOut = act;
}

export type Query = Readonly<Record<string, string | readonly string[] | null | undefined>>;

export const address = (path: string, query: Query = {}): string => BASE + path + write(query);

async function ask<T>(method: string, path: string, init: RequestInit = {}): Promise<T> {
  const headers = new Headers(init.headers);
  headers.set('Accept', 'application/json');
  if (method !== 'GET') headers.set('X-Riwaya-CSRF', csrf);
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, method, headers, credentials: 'same-origin' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem('riwaya:unreachable', 0, String(error));
  }
  if (answer.ok) return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
  const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  const type = typeof body.type === 'string' && body.type.startsWith('riwaya:') ? body.type : kindOf(answer.status);
  if (type === 'riwaya:signin' && !path.endsWith('/session')) signedOut();
  throw new Problem(type, answer.status, String(body.detail ?? body.title ?? answer.statusText), body);
}

function kindOf(status: number): string {
  const known: Record<number, string> = { 401: 'signin', 403: 'role', 404: 'not-found', 409: 'conflict', 413: 'too-large', 429: 'too-many', 503: 'busy' };
  return `riwaya:${known[status] ?? (status < 500 ? 'bad-request' : 'server')}`;
}

export const get = <T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> => ask<T>('GET', address(path, query), signal ? { signal } : {});

export const send = <T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> =>
  ask<T>(method, BASE + path, body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });

/** Bytes as they are, with how far they have come. */
export function upload<T>(path: string, query: Query, body: Blob, progress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', address(path, query));
    request.setRequestHeader('X-Riwaya-CSRF', csrf);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.responseType = 'json';
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => reject(new Problem('riwaya:unreachable', 0, ''));
    request.onload = () => {
      const body = (request.response ?? {}) as Record<string, unknown>;
      if (request.status < 300) resolve(body as T);
      else reject(new Problem(String(body.type ?? kindOf(request.status)), request.status, String(body.detail ?? ''), body));
    };
    request.send(body);
  });
}

async function keep(asked: Promise<Session>): Promise<Session> {
  const session = await asked;
  csrf = session.csrf;
  return session;
}

export const session = {
  open: () => keep(get<Session>('/session')),
  signIn: (name: string, password: string) => keep(send<Session>('POST', '/session', { name, password })),
  rename: (name: string) => keep(send<Session>('PUT', '/session', { name })),
  signOut: async () => {
    await send('DELETE', '/session');
    return keep(get<Session>('/session'));
  },
};
