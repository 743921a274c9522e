import { BootProblem, readEnvironment } from './environment.js';
import { startProvider } from './provider.js';

try {
  const env = readEnvironment(process.env);
  const provider = await startProvider(env, (error) => {
    console.error(
      `The journal cannot be written: ${error.message}. The provider exits, because its answers would not be durable.`,
    );
    process.exit(1);
  });
  if (env.LOG_LEVEL === 'info') {
    console.log(
      JSON.stringify({ level: 'info', msg: 'payment provider started', url: provider.url, pid: process.pid }),
    );
  }

  const stop = () => {
    // After this time, open connections are aborted.
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
