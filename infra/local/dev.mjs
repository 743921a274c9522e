// npm run dev -- payment: one service from source in watch mode, the others from their build.
import { installed } from './install.mjs';

installed();
const { develop } = await import('./dist/start/develop.js');
await develop(process.argv.slice(2));
