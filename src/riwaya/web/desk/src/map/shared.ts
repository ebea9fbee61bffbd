// What both maps are given.
import type { Lang } from '../lib/types';
import type { Admin, Areas, Base } from './base';
import type { Mark, State } from './model';

export interface Camera {
  lon: number;
  lat: number;
  zoom: number;
}

export interface MapProps {
  base: Base | null;
  admin: Admin | null;
  areas: Areas | null;
  states: State[];
  marks: Mark[];
  bounds: [number, number, number, number];
  showAreas: boolean;
  selected: string;
  lang: Lang;
  theme: 'light' | 'dark';
  colour: (holder: string | null) => string;
  slot: (holder: string | null) => number;
  onplace: (id: string) => void;
  onmarks: (marks: Mark[], at: [x: number, y: number]) => void;
  onpick?: ((lon: number, lat: number) => void) | undefined;
  onmove?: ((camera: Camera) => void) | undefined;
  camera?: Camera | undefined;
  ondrawn?: (() => void) | undefined;
}

export interface MapHandle {
  zoom: (by: number) => void;
  home: () => void;
  show: (lon: number, lat: number) => void;
}

export const INKS = {
  light: { sea: '#dfe7ea', land: '#fafaf7', lake: '#cfdde2', river: '#bdd2da', coast: '#a9b9bf', border: '#78848a', admin: '#c3c9c9', label: '#1a2426', faint: '#525f63', halo: '#fffffff2', mark: '#1b2527', markHalo: '#ffffff' },
  dark: { sea: '#0d1416', land: '#1b2428', lake: '#152126', river: '#25404a', coast: '#3b4b52', border: '#76858c', admin: '#37444a', label: '#eef2f3', faint: '#a5b2b7', halo: '#12181bf2', mark: '#f3f6f6', markHalo: '#12181b' },
};
