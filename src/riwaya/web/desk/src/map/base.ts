// The offline map beneath: loaded once, shared by every map of the page.
import type { FeatureCollection, MultiLineString, MultiPolygon, Position } from 'geojson';
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

/** Borders between the governorates of one country: its outer border is drawn from the land beneath. */
export function inner(admin: FeatureCollection): MultiLineString {
  const seen = new Map<string, string>();
  const coordinates: Position[][] = [];
  for (const { geometry, properties } of admin.features) {
    const country = String(properties?.country ?? '');
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
    for (const ring of polygons.flat()) {
      let line: Position[] = [];
      for (let i = 1; i < ring.length; i++) {
        const [a, b] = [ring[i - 1]!, ring[i]!];
        const key = a < b ? `${a} ${b}` : `${b} ${a}`;
        if (seen.get(key) === country) {
          if (!line.length) line.push(a);
          line.push(b);
        } else {
          seen.set(key, country);
          if (line.length) coordinates.push(line);
          line = [];
        }
      }
      if (line.length) coordinates.push(line);
    }
  }
  return { type: 'MultiLineString', coordinates };
}
