/** Addresses that are an API's for programs and a page's for people. */
const SHARED = new Set(['/docs', '/dead-letters']);

/** Of a request, what tells whether a person asks. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly accept: string | undefined;
  /** No route of the API has this address. */
  readonly is404: boolean;
}

/**
 * Whether to answer with the pages: a browser that goes somewhere says that it takes HTML, and the pages know what is there. Where
 * the API alone has something to show it is shown.
 */
export function wantsPage({ method, url, accept, is404 }: Asked): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (!accept?.includes('text/html')) return false;
  const path = url.split('?', 1)[0]!;
  if (path.startsWith('/api/') || path.startsWith('/assets/')) return false;
  return is404 || SHARED.has(path);
}
