import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev -w apps/storefront/web` finds the storefront whose API the pages use. */
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
];

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist/public',
    // The oldest browsers that a phone of the last four years has.
    target: ['chrome111', 'safari16.4', 'firefox114'],
    // Every asset is a file of its own: the content security policy of the pages knows no data: scripts or fonts.
    assetsInlineLimit: 0,
  },
  server: { proxy: Object.fromEntries(API.map((path) => [path, { target: STOREFRONT_URL, changeOrigin: true }])) },
});
