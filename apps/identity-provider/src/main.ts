import { BootProblem, readEnvironment } from './environment.js';
import { startIdentityProvider } from './identity-provider.js';

try {
  const env = readEnvironment(process.env);
  const provider = await startIdentityProvider(env);
  if (env.LOG_LEVEL === 'info') {
    console.log(
      JSON.stringify({ level: 'info', msg: 'identity provider listens', url: provider.url, pid: process.pid }),
    );
  }
  const stop = () => {
    setTimeout(() => process.exit(1), env.SHUTDOWN_TIMEOUT_MS).unref();
    provider.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (env.QUADRILLE_PARENT_WATCH) {
    process.once('disconnect', stop);
    // The parent may have exited during the start.
    if (process.connected === false) stop();
  }
} catch (error) {
  console.error(error instanceof BootProblem ? error.message : error);
  process.exit(1);
}
