/** Far above the size of any answer of a provider or carrier. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * Reads the text of an HTTP response, cut after 64 KiB; the rest is not read. Cut text is no valid JSON, so callers reject it
 * like any malformed answer.
 */
export async function answerText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let left = MAX_ANSWER_BYTES;
  // Leaving the loop cancels the stream.
  for await (const bytes of response.body ?? []) {
    text += decoder.decode((bytes as Uint8Array).subarray(0, left), { stream: true });
    left -= (bytes as Uint8Array).length;
    if (left <= 0) return text;
  }
  return text + decoder.decode();
}
