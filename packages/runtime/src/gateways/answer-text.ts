/** Far more than any answer of a provider or carrier has. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * The text of an answer from outside, cut after 64 KiB: the rest is not read. What was cut off is no JSON any more, so that a caller
 * refuses it as any other answer that makes no sense.
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
