/**
 * What a package publishes: one file for each of its entry points, and one for what they share. Finding and loading 150 small
 * modules took 20 ms of each start of an application. Other packages, our own among them, stay imports; the sources that the
 * maps point at are published too.
 *
 * Runs in a package's folder: `pnpm --filter <package> run bundle`.
 */
import { readFileSync } from 'node:fs';
import { defineConfig } from 'rolldown';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly '@flamespan/source': string; readonly default: string }>>;
}

const OUTPUT = './dist/bundled/';
const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const entries = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [[entry.default.slice(OUTPUT.length, -'.js'.length), entry['@flamespan/source']]]));

export default defineConfig({
  input: Object.fromEntries(entries),
  platform: 'node',
  external: /^[^./]/,
  transform: { target: 'node22.15' },
  output: { dir: OUTPUT, format: 'esm', sourcemap: true, sourcemapExcludeSources: true, chunkFileNames: 'shared.js' },
});
