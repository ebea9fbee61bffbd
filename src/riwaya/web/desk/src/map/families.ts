// Event types in six groups that a map can show by shape.

export const FAMILIES = ['fight', 'strike', 'harm', 'move', 'people', 'talk'] as const;
export type FamilyName = (typeof FAMILIES)[number];

const OF: Record<string, FamilyName> = {
  clash: 'fight', attack: 'fight', operation_launched: 'fight',
  air_strike: 'strike', shelling: 'strike', explosion: 'strike',
  casualties: 'harm', violence_against_civilians: 'harm', abducted: 'harm', detained: 'harm', property_destroyed: 'harm',
  control_gained: 'move', control_lost: 'move', control_held: 'move', advanced: 'move', entered: 'move', withdrew: 'move', deployed: 'move', siege: 'move', defected: 'move', alert: 'move', searched: 'move',
  displaced: 'people', protest: 'people', celebration: 'people', aid: 'people', outage: 'people', released: 'people', crossed_border: 'people',
  agreement: 'talk', negotiation: 'talk', demand: 'talk', threat: 'talk', pledge: 'talk',
};

/** The group of a type; one that a later pack adds is shown as movement. */
export const familyOf = (type: string): FamilyName => OF[type] ?? 'move';

/** Each group's shape in a box from -6 to 6: told apart without colour. */
export const SHAPES: Record<FamilyName, string> = {
  fight: 'M-4.5 -4.500L4.5 4.500M4.5 -4.500L-4.5 4.5',
  strike: 'M0 5.200L-5.2 -4.200H5.200Z',
  harm: 'M0 -5.600L5.6 0L0 5.600L-5.6 0Z',
  move: 'M-4.4 -4.400H4.400V4.400H-4.400Z',
  people: 'M0 -5A5 5 0 1 0 0 5A5 5 0 1 0 0 -5Z',
  talk: 'M-5.4 -4.400H5.400V2.600H0L-2.8 5.600V2.600H-5.400Z',
};

/** Colours of the groups in charts, apart from those of the holders. */
export const FAMILY_COLOURS: Record<FamilyName, [light: string, dark: string]> = {
  fight: ['#b4452f', '#e98a74'],
  strike: ['#c98a1b', '#e9b95a'],
  harm: ['#7a3b69', '#c58bb6'],
  move: ['#2f6f8f', '#7ab6d3'],
  people: ['#4d8054', '#8cc393'],
  talk: ['#77808a', '#a9b3bd'],
};
