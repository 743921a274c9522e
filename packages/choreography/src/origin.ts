import type { EventType } from './event.js';
import { topicOf } from './topology.js';
import { UnreadableMessage } from './upcast.js';

const MAX_SHOWN_CHARACTERS = 200;

/** Why an event is not believed: it does not come from its owner. Whoever may write to one topic could otherwise speak for every service. */
export const notItsToSay = ({ name }: EventType, how: string): UnreadableMessage =>
  new UnreadableMessage('not-its-to-say', `${name} ${how}.`);

/** Throws {@link notItsToSay} unless the event lies where its owner publishes. */
export function demandOwnTopic(system: string, event: EventType, topic: string): void {
  const own = topicOf(system, event.service);
  if (topic !== own) throw notItsToSay(event, `was published to ${topic}, not to ${own}`);
}

/** Throws {@link notItsToSay} unless the event's attributes name its owner, and the key of its record. */
export function demandOwner(
  event: EventType,
  key: string | null,
  { source, subject }: { readonly source: string; readonly subject: string },
): void {
  if (!source.startsWith(`/${event.service}/`))
    throw notItsToSay(event, `has the source ${shown(source)}, its owner is ${event.service}`);
  if (key !== subject) throw notItsToSay(event, `has the subject ${shown(subject)}, which is not the record's key`);
}

const shown = (text: string): string => text.slice(0, MAX_SHOWN_CHARACTERS);
