// npm run chaos: runs the whole system under load and injects faults. See --help.
import { installed } from '../../infra/local/install.mjs';

installed();
const { main } = await import('./dist/main.js');
await main(process.argv.slice(2));
