import type { TextMessage } from './records/text-message.js';

type ByPartition = Record<string, TextMessage[]>;

/**
 * The messages of one topic in a send. kafkajs groups them by partition in one `reduce`, and copies its result for every further
 * message, in quadratic time. Here each is grouped alone, and then appended.
 */
export class TopicMessages extends Array<TextMessage> {
  // kafkajs has no types here, and only this use.
  override reduce(group: (none: any, message: TextMessage, ...rest: any[]) => any, grouped: any = {}): any {
    const all = grouped as ByPartition;
    for (const message of this) {
      const one = group({}, message) as ByPartition;
      for (const partition in one) {
        const before = all[partition];
        if (before) before.push(message);
        else all[partition] = [message];
      }
    }
    return all;
  }
}
