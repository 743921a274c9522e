import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The storefront whose API the pages use in `npm run dev -w apps/storefront/web`. */
const STOREFRONT_URL = process.env.STOREFRONT_URL ?? 'http://127.0.0.1:3000';
const API = [
  '/api',
  '/timeline',
  '/sagas',
  '/events',
  '/unreadable-records',
  '^/stage/.+',
  '^/audit/.+',
  '/openapi.json',
  '/health',
  '/session',
  '/sign-in',
  '/sign-out',
];

/** Adds the compressed form of each text file, which the storefront sends to browsers that accept it: a third of the bytes. */
const compressed: Plugin = {
  name: 'quadrille-compressed',
  apply: 'build',
  writeBundle: ({ dir }, bundle) => {
    for (const file of Object.keys(bundle).filter((name) => /\.(js|css|html)$/.test(name))) {
      const path = join(dir!, file);
      writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path)));
    }
  },
};

export default defineConfig({
  plugins: [react(), compressed],
  build: {
    outDir: 'dist/public',
    // The oldest browsers of phones from the last four years.
    target: ['chrome111', 'safari16.4', 'firefox114'],
    // Every asset is its own file: the content security policy of the pages allows no data: scripts or fonts.
    assetsInlineLimit: 0,
  },
  server: { proxy: Object.fromEntries(API.map((path) => [path, STOREFRONT_URL])) },
});
