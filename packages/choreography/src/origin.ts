import type { EventType } from './event.js';
import { type TopicNaming, topicOf } from './topology.js';
import { UnreadableMessage } from './upcast.js';

const MAX_SHOWN_CHARACTERS = 200;

/**
 * The error for an event from another source than its owner. Without this check, a writer of one topic could publish events of
 * every service.
 */
export const wrongOrigin = ({ name }: EventType, how: string): UnreadableMessage =>
  new UnreadableMessage('wrong-origin', `${name} ${how}.`);

/** Throws {@link wrongOrigin} unless the topic is that of the event. */
export function demandOwnTopic(naming: TopicNaming, event: EventType, topic: string): void {
  const own = topicOf(naming, event);
  if (topic !== own) throw wrongOrigin(event, `was published to ${topic}, not to ${own}`);
}

/** Throws {@link wrongOrigin} unless the source of the event is its owner and its subject is the key of the record. */
export function demandOwner(
  event: EventType,
  key: string | null,
  { source, subject }: { readonly source: string; readonly subject: string },
): void {
  if (!source.startsWith(`/${event.service}/`))
    throw wrongOrigin(event, `has the source ${shown(source)}, its owner is ${event.service}`);
  if (key !== subject) throw wrongOrigin(event, `has the subject ${shown(subject)}, which is not the record's key`);
}

const shown = (text: string): string => text.slice(0, MAX_SHOWN_CHARACTERS);
