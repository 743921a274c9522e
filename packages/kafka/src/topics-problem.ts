/**
 * Topics or groups do not meet a service's requirements, and only an operator can change that: one sentence with the correction.
 */
export class TopicsProblem extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'TopicsProblem';
  }
}
