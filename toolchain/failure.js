/**
 * An end of the command that is the user's to mend: cli.js prints the message, without a stack, and exits with the
 * status. The message is empty where a compiler has said all there is to say.
 */
export class Failure extends Error {
  name = 'Failure';

  /**
   * @param {string} message
   * @param {number} [status]
   */
  constructor(message, status = 1) {
    super(message);
    this.status = status;
  }
}
