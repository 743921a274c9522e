const ANSWERS_WITHIN_MS = 5_000;

/**
 * An access token of a person, such as `operator` or `ada`, from the identity provider of demonstrations. Throws one sentence where it
 * does not answer, or has no such person.
 */
export async function demoToken(identityProviderUrl: string, person: string): Promise<string> {
  const url = `${identityProviderUrl}/people/tokens`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ person }),
    signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
  }).catch((error: Error) => {
    throw new Error(`No identity provider answers at ${identityProviderUrl}.`, { cause: error });
  });
  const body = (await answer.json().catch(() => ({}))) as { access_token?: string; error_description?: string };
  if (body.access_token !== undefined) return body.access_token;
  throw new Error(`${url} gave no token for ${person}: ${body.error_description ?? `it answered ${answer.status}.`}`);
}
