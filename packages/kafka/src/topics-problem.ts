/** Topics or groups are not as a service needs them, and only people can change that: one sentence that says what to do. */
export class TopicsProblem extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'TopicsProblem';
  }
}
