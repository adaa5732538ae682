/** What stands where a secret would be shown. */
export const HIDDEN = '‹secret›';

type Content = string | number | boolean;

const isSealed = (content: Content | (() => Content)): content is () => Content => typeof content === 'function';

/**
 * A value that no event, report, log or plan may show. It prints as `‹secret›` whatever prints it: text, JSON, the
 * debugger. `openSecret` is for what sends it over stdin to a host, and for nothing else.
 */
export class Secret {
  readonly #content: Content | (() => Content);

  /** A function is called whenever the secret is opened, and may throw: for what is still encrypted. */
  constructor(content: Content | (() => Content)) {
    this.#content = content;
  }

  static open(secret: Secret): Content {
    return isSealed(secret.#content) ? secret.#content() : secret.#content;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  /** `console.log` and error dumps of node. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}

export const openSecret = (secret: Secret): Content => Secret.open(secret);
