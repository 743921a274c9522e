/** The suffix of public passwords, as in docker-compose.yml. */
const OF_DEMONSTRATIONS = /-demo$/;

const isOfDemonstrations = (secret: string): boolean => OF_DEMONSTRATIONS.test(secret);
const isUrlOfDemonstrations = (url: string): boolean => isOfDemonstrations(decodeURIComponent(new URL(url).password));

/** Returns one sentence if a service would run in production with such a password; undefined otherwise. */
export function demoPasswordProblem(env: {
  readonly DATABASE_URL: string;
  readonly PERSONAL_DATA_DATABASE_URL?: string | undefined;
  readonly PERSONAL_DATA_KEY?: string | undefined;
  readonly QUADRILLE_DEMO: boolean;
}): string | undefined {
  if (env.QUADRILLE_DEMO) return undefined;
  const { PERSONAL_DATA_DATABASE_URL: keys, PERSONAL_DATA_KEY: secret } = env;
  const found =
    (isUrlOfDemonstrations(env.DATABASE_URL) && 'DATABASE_URL has a password') ||
    (keys !== undefined && isUrlOfDemonstrations(keys) && 'PERSONAL_DATA_DATABASE_URL has a password') ||
    (secret !== undefined && isOfDemonstrations(secret) && 'PERSONAL_DATA_KEY has a secret');
  if (!found) return undefined;
  return `${found} of the demonstration, which is public. Set one that does not end with -demo, or QUADRILLE_DEMO=1 on a machine of your own.`;
}
