export { given } from './steps.js';
export { type ReceivedSpan, receiveSpans, type SpanReceiver } from './traces/receive-spans.js';
