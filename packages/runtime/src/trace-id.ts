/** The trace a W3C `traceparent` belongs to, as a field of a log line; no field where there is none. */
export function traceIdOf(traceparent: string | string[] | undefined): { readonly traceId?: string } {
  return typeof traceparent === 'string' && traceparent.length >= 35 ? { traceId: traceparent.slice(3, 35) } : {};
}
