/** A file uses its own layer and those below: nothing goes up, and no folders use each other in a circle. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { layers } from '../../scripts/layers.js';
import { circles, edgesOf, forbidden, layerOf, nodeImports, readSources } from './graph.js';

/** @import { Edge, Sources } from './graph.js' */

const root = fileURLToPath(new URL('../../', import.meta.url));
const sources = readSources(root, layers);
const edges = edgesOf(sources);

/** @param {Edge} edge */
const inWords = ({ from, to, by }) => `${from} -> ${to}: ${by}`;

describe('the sources', () => {
  test('no file uses a layer above its own', () => {
    assert.deepEqual(forbidden(edges, layers).map(inWords), []);
  });

  test('no folders use each other in a circle', () => {
    assert.deepEqual(circles(edges), []);
  });

  test('only the layers for Node import its modules', () => {
    assert.deepEqual(nodeImports(sources, layers), []);
  });

  test('every include and import is of a file that exists', () => {
    const broken = edges.filter(({ to }) => !(to in sources) && !/\.(json|wasm|cmake)$/.test(to));
    assert.deepEqual(broken, []);
  });

  test('every file has a layer, and every layer has files', () => {
    const files = Object.keys(sources);
    assert.ok(files.length > 120 && edges.length > 600, `${files.length} files, ${edges.length} edges`);
    assert.deepEqual(files.filter((file) => !layerOf(file, layers)), []);
    assert.deepEqual(layers.filter((layer) => !files.some((file) => layerOf(file, layers) === layer)), []);
  });

  test('a layer uses layers that stand before it', () => {
    const later = layers.flatMap(({ uses, path }, index) =>
      uses.filter((used) => !layers.slice(0, index).some((other) => other.path === used)).map((used) => [path, used]));
    assert.deepEqual(later, []);
  });
});

describe('the check', () => {
  const low = { path: 'src/low', uses: [], purpose: '' };
  const high = { path: 'src/high', uses: ['src/low'], purpose: '' };
  const top = { path: 'src/top', uses: ['src/high'], purpose: '', node: /** @type {const} */ (true) };
  const made = [low, high, top];

  /** @param {Sources} sources */
  const check = (sources) => ({
    up: forbidden(edgesOf(sources), made).map(inWords),
    circles: circles(edgesOf(sources)),
  });

  test('lets a file use its own layer and all below', () => {
    assert.deepEqual(check({
      'src/low/a.h': '#include "low/b.h"',
      'src/low/b.h': '',
      'src/top/c.c': '#include "low/a.h"\n#include "top/d.h"',
      'src/top/d.h': '',
    }), { up: [], circles: [] });
  });

  test('finds an include that goes up, and the circle that it closes', () => {
    assert.deepEqual(check({
      'src/low/a.h': '#include "high/b.h"',
      'src/high/b.h': '',
      'src/high/c.c': '#include "low/a.h"',
    }), { up: ['src/low/a.h -> src/high/b.h: "high/b.h"'], circles: [['src/high', 'src/low']] });
  });

  test('finds a circle of three folders', () => {
    const pairs = ['a b', 'b c', 'c a', 'c d'].map((pair) => pair.split(' '));
    const made = pairs.map(([from, to]) => ({ from: `${from}/x`, to: `${to}/x`, by: '' }));
    assert.deepEqual(circles(made), [['a', 'b', 'c']]);
  });

  test('finds a call of a function that a layer above defines', () => {
    const call = { 'src/low/a.c': 'int lull__low(void)\n{\n    return lull__high(1);\n}\n' };
    const definition = { 'src/high/b.c': 'int lull__high(int value)\n{\n    return value;\n}\n' };
    assert.deepEqual(check({ ...call, ...definition }).up, ['src/low/a.c -> src/high/b.c: lull__high']);
  });

  test('lets a header declare what a layer above defines', () => {
    assert.deepEqual(check({
      'src/low/a.h': '/* As lull__high. */\nint lull__high(int value);\n',
      'src/high/b.c': 'int lull__high(int value)\n{\n    return value;\n}\n',
    }), { up: [], circles: [] });
  });

  for (const [form, text] of Object.entries({
    import: "import {\n  a,\n} from '../high/b.js';",
    'export from': "export { a } from '../high/b.js';",
    'import for its effects': "import '../high/b.js';",
    'import()': "const a = await import('../high/b.js');",
    'new URL': "const a = new URL('../high/b.js', import.meta.url);",
  })) {
    test(`finds an upward ${form}`, () => {
      const { up } = check({ 'src/low/a.js': text, 'src/high/b.js': '' });
      assert.deepEqual(up, ["src/low/a.js -> src/high/b.js: '../high/b.js'"]);
    });
  }

  test('lets a comment name any file', () => {
    assert.deepEqual(check({ 'src/low/a.js': "/** @import { B } from '../high/b.js' */", 'src/high/b.js': '' }).up, []);
  });

  test('finds an edge to a file of no layer', () => {
    assert.deepEqual(check({ 'src/low/a.js': "import '../other/b.js';" }).up.length, 1);
  });

  test('finds an import that only Node has', () => {
    const text = "import { readFileSync } from 'node:fs';";
    assert.deepEqual(nodeImports({ 'src/low/a.js': text, 'src/top/b.js': text }, made), ['src/low/a.js: node:fs']);
  });
});
