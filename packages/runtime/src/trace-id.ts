/** Returns the trace id of a W3C `traceparent` as a log field; no field without one. */
export function traceIdOf(traceparent: string | string[] | undefined): { readonly traceId?: string } {
  return typeof traceparent === 'string' && traceparent.length >= 35 ? { traceId: traceparent.slice(3, 35) } : {};
}
