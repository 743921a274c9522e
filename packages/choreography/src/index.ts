export { type Aggregate, aggregate, type Ref } from './aggregate.js';
export { asyncApi, type DocumentFacts } from './asyncapi.js';
export { type Choreography, choreography, eventsOf, heardByService, servicesOf } from './choreography.js';
export { compiled } from './compiled.js';
export { mermaid, table } from './diagram.js';
export { type Ending, endings, type Interrupt } from './endings.js';
export { type Envelope, sourceOf } from './envelope.js';
export { type DataOf, type EventFacts, type EventType, event, type Said, type SaidOf, wireType } from './event.js';
export type { Fault } from './fault.js';
export {
  type Clock,
  type Command,
  clock,
  clockOf,
  command,
  type Due,
  eventsHeardBy,
  type HeardBy,
  type Row,
  type Rows,
} from './row.js';
export { isFailure, Saga, type Saying } from './saga.js';
export {
  type Nothing,
  nothing,
  type Part,
  type Refused,
  refsOf,
  refuse,
  type SaidIn,
  type Step,
  type StepBody,
  type StepsOf,
  statesOf,
  stepLanguage,
} from './step.js';
export { text } from './text.js';
export { deadLetterTopicOf, groupOf, topicOf, topicsHeardBy, topicsOf } from './topology.js';
export { type Change, Conflict, type Store, type Tx, type Write } from './tx.js';
export { parseWireType, UnreadableMessage, upcast } from './upcast.js';
export { verify } from './verify.js';
