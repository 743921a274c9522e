// npm run chaos: the whole system under load while its parts are broken. See --help.
import { installed } from '../../infra/local/install.mjs';

installed();
const { main } = await import('./dist/main.js');
await main(process.argv.slice(2));
