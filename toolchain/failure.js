/** A user error: cli.js prints its message without a stack, and exits with its status. */
export class Failure extends Error {
  name = 'Failure';

  /**
   * @param {string} message empty if a compiler has already printed one
   * @param {number} [status]
   */
  constructor(message, status = 1) {
    super(message);
    this.status = status;
  }
}
