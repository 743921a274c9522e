/** Passwords of docker-compose.yml and the like, which everybody can read, end so. */
const OF_DEMONSTRATIONS = /-demo$/;

/** One sentence where a service would go into production with such a password; undefined where all is well. */
export function demoPasswordProblem(env: {
  readonly DATABASE_URL: string;
  readonly QUADRILLE_DEMO: boolean;
}): string | undefined {
  if (env.QUADRILLE_DEMO || !OF_DEMONSTRATIONS.test(decodeURIComponent(new URL(env.DATABASE_URL).password)))
    return undefined;
  return 'DATABASE_URL has a password of the demonstration, which everybody can read. Set one that does not end with -demo, or QUADRILLE_DEMO=1 on a machine of your own.';
}
