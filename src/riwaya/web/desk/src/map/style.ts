// The map's layers, from sea to labels.
import type { ExpressionSpecification, FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Tiles } from '../lib/types';
import { SLOTS } from '../lib/colours';
import { INKS } from './shared';

export const FONT = ['IBM Plex Sans Arabic'];
const BOLD = ['IBM Plex Sans Arabic'];
const NONE = { type: 'FeatureCollection' as const, features: [] };

/** The colour of a place or area by the slot its state names. */
const HOLDER: ExpressionSpecification = [
  'match', ['coalesce', ['feature-state', 'slot'], -1],
  ...SLOTS.flatMap((colour, slot) => [slot, colour]),
  'rgba(0,0,0,0)',
] as unknown as ExpressionSpecification;

const shown = (opacity: number): ExpressionSpecification => ['case', ['>=', ['coalesce', ['feature-state', 'slot'], -1], 0], opacity, 0];

const striped = (slot: number, opacity: number): ExpressionSpecification => ['case', ['==', ['coalesce', ['feature-state', 'stripe'], -1], slot], opacity, 0];

export function style(theme: 'light' | 'dark', tiles: Tiles | null): StyleSpecification {
  const ink = INKS[theme];
  const empty = { type: 'geojson' as const, data: NONE };
  const states = { ...empty, promoteId: 'id' };
  const sources: StyleSpecification['sources'] = {
    land: empty, lakes: empty, rivers: empty, borders: empty, admin: empty, names: empty,
    areas: states, places: states, events: empty, chosen: empty,
  };
  const layers: LayerSpecification[] = [
    { id: 'sea', type: 'background', paint: { 'background-color': ink.sea } },
    { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': ink.land } },
  ];
  if (tiles) {
    sources.tiles = tiles.kind === 'raster'
      ? { type: 'raster', tiles: [tiles.url], tileSize: 256, attribution: tiles.attribution }
      : { type: 'raster', url: `pmtiles://${tiles.url}`, tileSize: 256, attribution: tiles.attribution };
    layers.push({ id: 'tiles', type: 'raster', source: 'tiles', paint: { 'raster-saturation': -0.6, 'raster-opacity': theme === 'dark' ? 0.45 : 0.8 } });
  }
  layers.push(
    { id: 'lakes', type: 'fill', source: 'lakes', paint: { 'fill-color': ink.lake } },
    { id: 'area', type: 'fill', source: 'areas', paint: { 'fill-color': HOLDER, 'fill-opacity': shown(theme === 'dark' ? 0.42 : 0.36), 'fill-antialias': false } },
    ...SLOTS.map((_, slot): LayerSpecification => ({
      id: `area-stripe-${slot}`, type: 'fill', source: 'areas',
      paint: { 'fill-pattern': `stripe-${slot}`, 'fill-opacity': striped(slot, 0.75) },
    })),
    { id: 'rivers', type: 'line', source: 'rivers', paint: { 'line-color': ink.river, 'line-width': ['interpolate', ['linear'], ['zoom'], 4, 0.7, 9, 2] } },
    { id: 'admin', type: 'line', source: 'admin', paint: { 'line-color': ink.admin, 'line-width': ['interpolate', ['linear'], ['zoom'], 4, 0.4, 9, 1.4] } },
    { id: 'coast', type: 'line', source: 'land', paint: { 'line-color': ink.coast, 'line-width': 0.8 } },
    { id: 'borders', type: 'line', source: 'borders', paint: { 'line-color': ink.border, 'line-width': ['interpolate', ['linear'], ['zoom'], 3, 0.8, 9, 2] } },
    {
      id: 'names-region', type: 'symbol', source: 'names', filter: ['==', ['get', 'level'], 'c'] as FilterSpecification, maxzoom: 6.5,
      layout: { 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 13, 'text-letter-spacing': 0, 'text-max-width': 8, 'symbol-sort-key': 0 },
      paint: { 'text-color': ink.faint, 'text-halo-color': ink.halo, 'text-halo-width': 1.4 },
    },
    {
      id: 'names-town', type: 'symbol', source: 'names', filter: ['==', ['get', 'level'], 'p'] as FilterSpecification, minzoom: 5,
      layout: { 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 10.5, 'text-variable-anchor': ['top', 'bottom', 'left', 'right'], 'text-radial-offset': 0.4, 'text-padding': 6, 'symbol-sort-key': ['-', 0, ['get', 'population']] },
      paint: { 'text-color': ink.faint, 'text-halo-color': ink.halo, 'text-halo-width': 1.2 },
    },
    {
      id: 'place-halo', type: 'circle', source: 'places',
      paint: { 'circle-color': ink.markHalo, 'circle-radius': ['interpolate', ['linear'], ['zoom'], 4, 4.2, 8, 7.5], 'circle-opacity': shown(1), 'circle-stroke-color': ink.mark, 'circle-stroke-width': ['case', ['boolean', ['feature-state', 'chosen'], false], 2.5, 0], 'circle-stroke-opacity': shown(1) },
    },
    {
      id: 'place', type: 'circle', source: 'places',
      paint: { 'circle-color': HOLDER, 'circle-radius': ['interpolate', ['linear'], ['zoom'], 4, 3, 8, 5.5], 'circle-opacity': shown(1) },
    },
    ...SLOTS.map((_, slot): LayerSpecification => ({
      id: `place-ring-${slot}`, type: 'circle', source: 'places',
      paint: { 'circle-color': 'rgba(0,0,0,0)', 'circle-radius': ['interpolate', ['linear'], ['zoom'], 4, 3.4, 8, 6.4], 'circle-stroke-width': 2.4, 'circle-stroke-color': SLOTS[slot]!, 'circle-stroke-opacity': striped(slot, 1) },
    })),
    // What moves shows in the colours already, so its shapes give way where it is crowded; the others never do.
    ...(['event-move', 'event'] as const).map((id): LayerSpecification => ({
      id, type: 'symbol', source: 'events', filter: [id === 'event' ? '!=' : '==', ['get', 'family'], 'move'] as FilterSpecification,
      layout: { 'icon-image': ['get', 'icon'], 'icon-allow-overlap': id === 'event' ? true : ['step', ['zoom'], false, 7.5, true], 'icon-padding': 0, 'icon-offset': ['array', 'number', 2, ['get', 'offset']], 'icon-size': ['interpolate', ['linear'], ['zoom'], 4, 0.45, 6, 0.6, 9, 1], 'symbol-sort-key': ['get', 'support'] },
      paint: { 'icon-opacity': ['interpolate', ['linear'], ['get', 'support'], 0.3, 0.45, 0.9, 1] },
    })),
    {
      id: 'place-label', type: 'symbol', source: 'places',
      layout: { 'text-field': ['get', 'label'], 'text-font': BOLD, 'text-size': ['interpolate', ['linear'], ['zoom'], 4, 11, 8, 13.5], 'text-variable-anchor': ['bottom', 'left', 'right', 'top'], 'text-radial-offset': 0.75, 'text-padding': 3, 'symbol-sort-key': ['get', 'order'] },
      paint: { 'text-color': ink.label, 'text-halo-color': ink.halo, 'text-halo-width': 1.6, 'text-opacity': shown(1) },
    },
    { id: 'chosen', type: 'circle', source: 'chosen', paint: { 'circle-radius': 10, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': ink.mark, 'circle-stroke-width': 2.5 } },
  );
  return { version: 8, sources, layers };
}
