// The offline map beneath: loaded once, shared by every map of the page.
import type { FeatureCollection, MultiLineString, MultiPolygon } from 'geojson';
import address from 'virtual:base';

export type Name = [level: 'c' | 'g' | 'p', ar: string, en: string, lon: number, lat: number, population: number, country: string];

export interface Base {
  land: MultiPolygon;
  borders: MultiLineString;
  lakes: MultiPolygon;
  rivers: MultiLineString;
  names: Name[];
}

let asked: Promise<Base> | null = null;
let gl: boolean | null = null;

export function loadBase(): Promise<Base> {
  asked ??= fetch(address).then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json() as Promise<Base>;
  });
  return asked;
}

export interface Admin {
  admin: FeatureCollection;
  lines: FeatureCollection;
}

export type Areas = FeatureCollection;

/** Whether this browser can draw with WebGL at all. */
export function hasWebGL(): boolean {
  gl ??= tryWebGL();
  return gl;
}

function tryWebGL(): boolean {
  try {
    const context = document.createElement('canvas').getContext('webgl2');
    context?.getExtension('WEBGL_lose_context')?.loseContext();
    return Boolean(context);
  } catch {
    return false;
  }
}
