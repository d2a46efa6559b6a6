/** Runs the tests, and answers with what came of them. */
import { run } from 'node:test';
import 'tests';
import { wanted } from './fixture.js';

export default {
  async fetch(request) {
    return Response.json({ results: await run(await request.json()), wanted: [...wanted] });
  },
};
