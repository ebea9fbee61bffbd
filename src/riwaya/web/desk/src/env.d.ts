/// <reference types="svelte" />
/// <reference types="vite/client" />

declare const __MAPLIBRE__: string;

declare module 'virtual:base' {
  const address: string;
  export default address;
}
