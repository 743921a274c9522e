/** Lets a service take nothing from these topics until it is told others. */
export async function holdTopics(url: string, topics: readonly string[]): Promise<void> {
  const response = await fetch(`${url}/control/held-topics`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ topics }),
  });
  if (!response.ok) throw new Error(`Holding topics was answered ${response.status}: ${await response.text()}`);
}
