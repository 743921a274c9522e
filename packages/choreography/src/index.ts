export {
  type AccessRule,
  accessRulesOf,
  principalOf,
  readRules,
  topicsWrittenBy,
} from './access-rules.js';
export {
  type Aggregate,
  aggregate,
  type Change,
  Conflict,
  type Ref,
  type Store,
  type Tx,
  type Write,
} from './aggregate.js';
export { asyncApi, type DocumentFacts } from './asyncapi.js';
export { type Choreography, choreography } from './choreography.js';
export {
  type ConfiguredService,
  defineConfig,
  type ExploreCommand,
  type ExploreLook,
  type ExplorePromise,
  type ExploreScenario,
  type QuadrilleConfig,
  type RunningEndpoints,
} from './config.js';
export { copiesOfChoreography } from './copies.js';
export { mermaid, table } from './diagram.js';
export { type Ending, endings, type Interrupt } from './endings.js';
export {
  cloudEventType,
  compiled,
  type DataOf,
  type DomainEvent,
  type DomainEventOf,
  demandOwner,
  type Envelope,
  type EventOptions,
  type EventType,
  event,
  parseCloudEventType,
  sourceOf,
  UnreadableMessage,
  upcast,
  wrongOrigin,
} from './event.js';
export {
  ERASED,
  type Erased,
  type FieldPath,
  hasErased,
  isSealed,
  mapTexts,
  type Opened,
  type PersonalData,
  personal,
  personalFieldsHandledBy,
  personalFieldsOf,
  SEALED_PREFIX,
  sealedOr,
  sealsPersonalData,
  usesPersonalData,
  withoutKeys,
} from './personal.js';
export {
  type Command,
  command,
  type Deadline,
  type DueDeadline,
  deadline,
  deadlineOf,
  eventsConsumedBy,
  eventsHandledBy,
  eventsOf,
  type HandledBy,
  type Row,
  type Rows,
  servicesOf,
} from './row.js';
export { type Emission, isFailure, Saga } from './saga.js';
export {
  type EventsOf,
  emittedBy,
  eventOf,
  type Ignored,
  type InTransaction,
  ignore,
  type Loaded,
  type MayEmit,
  type Message,
  type Reaction,
  type Rejection,
  react,
  refsOf,
  reject,
  type ServiceSteps,
  type Step,
  type StepBody,
  type StepsOf,
  statesOf,
  stepBuilders,
} from './step.js';
export { text } from './text.js';
export { type NamedTable, topicConflicts, topicRules } from './topic-rules.js';
export {
  deadLetterTopicOf,
  demandOwnTopic,
  eventTopicsOf,
  groupOf,
  type TopicNaming,
  type Topics,
  topicOf,
  topicPerEvent,
  topicsConsumedBy,
  topicsOf,
  topicsOfExtensions,
  topicsPublishedBy,
} from './topology.js';
export { verify } from './verify.js';
export type { Violation } from './violation.js';
export {
  type DescribedValue,
  type EncodedValue,
  type ForeignRecord,
  headerNameOf,
  isSkipped,
  type SkipRule,
  UnencodableValue,
  type ValueFormat,
  type ValueToDecode,
  type ValueToEncode,
  WIRE_ATTRIBUTES,
  type Wire,
  type WireAttribute,
  type WireHeaders,
} from './wire.js';
