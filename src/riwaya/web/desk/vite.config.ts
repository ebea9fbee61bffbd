import { svelte } from '@sveltejs/vite-plugin-svelte';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
// @ts-expect-error a plain script, run at build time only
import { base } from './build/base.mjs';

const require = createRequire(import.meta.url);

/** MapLibre as it is shipped: a library, its worker, and what both share, side by side under one path. */
function maplibre(): Plugin {
  const home = dirname(require.resolve('maplibre-gl/dist/maplibre-gl.css'));
  const version = JSON.parse(readFileSync(`${home}/../package.json`, 'utf8')).version as string;
  const files = ['maplibre-gl.mjs', 'maplibre-gl-worker.mjs', 'maplibre-gl-shared.mjs'];
  return {
    name: 'maplibre',
    config: () => ({ define: { __MAPLIBRE__: JSON.stringify(`/assets/maplibre-${version}/maplibre-gl.mjs`) } }),
    generateBundle() {
      for (const file of files) {
        const source = readFileSync(`${home}/${file}`, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
        this.emitFile({ type: 'asset', fileName: `assets/maplibre-${version}/${file}`, source });
      }
    },
  };
}

/** `virtual:base`: the address of the base map's data, which is made while building. */
function baseMap(): Plugin {
  let build = false;
  return {
    name: 'base-map',
    configResolved: (config) => void (build = config.command === 'build'),
    resolveId: (id) => (id === 'virtual:base' ? '\0virtual:base' : null),
    load(id) {
      if (id !== '\0virtual:base') return null;
      if (!build) return 'export default "/assets/base.json"';
      const file = this.emitFile({ type: 'asset', name: 'base.json', source: JSON.stringify(base()) });
      return `export default import.meta.ROLLUP_FILE_URL_${file}`;
    },
  };
}

/** The licences of everything that is shipped, in one file beside it. */
function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle() {
      const shipped = Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> }).dependencies);
      const texts = shipped.map((name) => {
        const home = `node_modules/${name}`;
        const about = JSON.parse(readFileSync(`${home}/package.json`, 'utf8')) as { version: string; license: string };
        const file = readdirSync(home).find((one) => /^licen[cs]e/i.test(one));
        return `${name} ${about.version} (${about.license})\n\n${file ? readFileSync(`${home}/${file}`, 'utf8').trim() : 'No licence text is shipped with this package.'}\n`;
      });
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: texts.join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}

export default defineConfig({
  plugins: [svelte(), maplibre(), baseMap(), licences()],
  build: {
    outDir: '../assets',
    emptyOutDir: true,
    target: 'es2022',
    // No inlined fonts or images: the content security policy of the desk has no data: for fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { external: /^\/assets\/maplibre-/ },
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8765' } },
});
