/** Advisories of these severities fail the check; the others are for the next update of dependencies. */
const STOPPING = ['high', 'critical'];

/** The advisories of a report of `npm audit --json` (version 2), each once, with the packages that they reach. */
export function advisoriesIn({ vulnerabilities = {} }) {
  const found = new Map();
  for (const { via } of Object.values(vulnerabilities)) {
    for (const advisory of via) {
      // A name refers to another entry, which has the advisory.
      if (typeof advisory === 'string') continue;
      const { name, title, severity, url, source } = advisory;
      found.set(`${name} ${url}`, {
        id: url?.split('/').at(-1) ?? String(source),
        package: name,
        title,
        severity,
        url,
      });
    }
  }
  return [...found.values()];
}

/**
 * Returns one sentence per problem. An exception `{ id, package, reason, expires }` covers one advisory of one package until the end of a day.
 * @param {string} today `2026-11-29`
 */
export function problemsOf(report, exceptions, today) {
  const stopping = advisoriesIn(report).filter(({ severity }) => STOPPING.includes(severity));
  const covers = (exception) => (advisory) => exception.id === advisory.id && exception.package === advisory.package;
  return [
    ...exceptions.flatMap((exception) => {
      const { id, reason, expires } = exception;
      if (!reason?.trim() || !/^\d{4}-\d\d-\d\d$/.test(expires ?? ''))
        return [`The exception ${id} needs a reason and a day on which it expires (YYYY-MM-DD).`];
      if (expires < today)
        return [`The exception ${id} expired on ${expires}. Update ${exception.package}, or renew it with a reason.`];
      if (!stopping.some(covers(exception))) return [`The exception ${id} is no longer needed. Remove it.`];
      return [];
    }),
    ...stopping
      .filter((advisory) => !exceptions.some((exception) => covers(exception)(advisory)))
      .map(
        ({ id, package: name, severity, title, url }) => `${name}: ${title} (${severity}, ${id}, ${url}). Update it.`,
      ),
  ];
}
