// Stripes for contested areas and shapes for events, drawn as the map needs them.
import { SLOTS } from '../lib/colours';
import { FAMILIES, SHAPES, type FamilyName } from './families';
import { INKS } from './shared';

const RATIO = 2;

export interface Picture {
  name: string;
  image: ImageData;
  ratio: number;
}

export function pictures(theme: 'light' | 'dark'): Picture[] {
  return [
    ...SLOTS.map((colour, slot) => ({ name: `stripe-${slot}`, image: stripe(colour), ratio: RATIO })),
    ...FAMILIES.flatMap((family) => [false, true].map((disputed) => ({ name: iconName(family, disputed), image: icon(family, disputed, theme), ratio: RATIO }))),
  ];
}

export const iconName = (family: FamilyName, disputed: boolean): string => `${family}${disputed ? '-disputed' : ''}`;

function canvas(size: number): CanvasRenderingContext2D {
  const made = document.createElement('canvas');
  made.width = made.height = size * RATIO;
  const context = made.getContext('2d', { willReadFrequently: true })!;
  context.scale(RATIO, RATIO);
  return context;
}

const pixels = (context: CanvasRenderingContext2D, size: number) => context.getImageData(0, 0, size * RATIO, size * RATIO);

function stripe(colour: string): ImageData {
  const size = 12;
  const context = canvas(size);
  context.strokeStyle = colour;
  context.lineWidth = 4.2;
  context.beginPath();
  for (const at of [-size, 0, size]) {
    context.moveTo(at - 2, size + 2);
    context.lineTo(at + size + 2, -2);
  }
  context.stroke();
  return pixels(context, size);
}

function icon(family: FamilyName, disputed: boolean, theme: 'light' | 'dark'): ImageData {
  const size = 26;
  const ink = INKS[theme];
  const context = canvas(size);
  context.translate(size / 2, size / 2);
  context.lineJoin = 'round';
  context.lineCap = 'round';
  const path = new Path2D(SHAPES[family]);
  context.strokeStyle = ink.markHalo;
  context.lineWidth = family === 'fight' ? 6 : 4;
  context.stroke(path);
  context.strokeStyle = ink.mark;
  context.fillStyle = family === 'people' || family === 'talk' ? ink.markHalo : ink.mark;
  if (family !== 'fight') context.fill(path);
  context.lineWidth = family === 'fight' ? 3 : 1.8;
  context.stroke(path);
  if (disputed) {
    context.setLineDash([3, 2.6]);
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(0, 0, 10.5, 0, Math.PI * 2);
    context.stroke();
  }
  return pixels(context, size);
}
