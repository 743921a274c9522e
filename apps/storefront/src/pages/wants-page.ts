/** Addresses shared by an API for programs and a page for browsers. */
const SHARED = new Set(['/docs', '/dead-letters']);

/** The parts of a request that identify a browser's navigation. */
export interface PageRequest {
  readonly method: string;
  readonly url: string;
  readonly accept: string | undefined;
  /** No route of the API has this address. */
  readonly is404: boolean;
}

/**
 * Whether to answer with the page: a browser's navigation accepts HTML, and the page handles unknown addresses. Addresses of the
 * API alone are answered by the API.
 */
export function wantsPage({ method, url, accept, is404 }: PageRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (!accept?.includes('text/html')) return false;
  const path = url.split('?', 1)[0]!;
  if (path.startsWith('/api/') || path.startsWith('/assets/')) return false;
  return is404 || SHARED.has(path);
}
