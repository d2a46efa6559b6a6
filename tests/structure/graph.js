/** The graph of the sources, as their includes, imports and calls draw it, and what is wrong with a graph. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @import { Layer } from '../../scripts/layers.js' */

/** @typedef {{ from: string, to: string, by: string }} Edge one file uses another by an include, an import or a name */

/** @typedef {Record<string, string>} Sources the text of each file */

/**
 * The C and JavaScript sources of the layers. Declarations are left out: no runtime edge begins in one.
 *
 * @param {string} root
 * @param {Layer[]} layers
 * @returns {Sources}
 */
export function readSources(root, layers) {
  const folders = new Set(layers.map(({ path }) => path.split('/')[0]));
  const files = [...folders].flatMap((folder) =>
    readdirSync(join(root, folder), { encoding: 'utf8', recursive: true }).map((name) => join(folder, name)));
  const sources = files.filter((path) => /\.(c|h|js)$/.test(path) && !path.startsWith('web/demo/')).sort();
  return Object.fromEntries(sources.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

/**
 * The code alone. JSDoc goes, too, and with it `@import`: types are gone when the code runs, so they may name any file.
 *
 * @param {string} text
 */
export const withoutComments = (text) => text.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '');

/**
 * What a file of JavaScript imports from this repository or loads as a file beside it.
 *
 * @param {string} path
 * @param {string} text
 * @returns {Edge[]}
 */
function importsOf(path, text) {
  const forms = [
    /^\s*(?:import|export)\b[^'"`;()]*\bfrom\s*'(\.[^']+)'/gm,
    /^\s*import\s*'(\.[^']+)'/gm,
    /\bimport\(\s*'(\.[^']+)'/g,
    /\bnew URL\(\s*'(\.[^']+\.\w+)',\s*import\.meta\.url/g,
  ];
  return forms.flatMap((form) => [...text.matchAll(form)])
    .map(([, name]) => ({ from: path, to: join(dirname(path), name), by: `'${name}'` }));
}

/**
 * The files that a C file includes. A name is looked up in src/include, then in src.
 *
 * @param {string} path
 * @param {string} text
 * @param {Sources} sources
 * @returns {Edge[]}
 */
function includesOf(path, text, sources) {
  return [...text.matchAll(/^#\s*include "([^"]+)"/gm)].map(([, name]) => {
    const to = [`src/include/${name}`, `src/${name}`, join(dirname(path), name)].find((file) => file in sources);
    return { from: path, to: to ?? name, by: `"${name}"` };
  });
}

/**
 * The functions and variables of `lull_` that C files define: public headers declare them for all layers, so only a use
 * of the name shows an edge.
 *
 * @param {Sources} sources
 * @returns {Map<string, string>} the file of each name
 */
function definitionsOf(sources) {
  const definitions = new Map();
  for (const [path, text] of Object.entries(sources)) {
    if (!path.endsWith('.c')) continue;
    const functions = text.matchAll(/^(?!static|typedef|#|struct \w+ \{)\w[^;{}=]*?\b(lull_\w+)\([^;{}]*\)\s*\{/gm);
    const variables = text.matchAll(/^(?!static|typedef|extern|return)\w[\w *]*\b(lull_\w+)(?:\[\w*\])?(?: =|;)/gm);
    for (const [, name] of [...functions, ...variables]) definitions.set(name, path);
  }
  return definitions;
}

/**
 * The files whose functions or variables a C file uses. Prototypes are no uses; the macros of public headers are used
 * in the code of others.
 *
 * @param {string} path
 * @param {string} text
 * @param {Map<string, string>} definitions
 * @returns {Edge[]}
 */
function usesOf(path, text, definitions) {
  if (path.startsWith('src/include/')) return [];
  const code = text.replace(/^\w[^{}=;]*\);$/gm, '').replace(/^extern .*$/gm, '')
    .replace(/"(?:\\.|[^"\\\n])*"/g, '""');
  const names = new Set(code.match(/\blull_\w+/g));
  return [...names].flatMap((name) => {
    const to = definitions.get(name);
    return to && to !== path ? [{ from: path, to, by: name }] : [];
  });
}

/**
 * @param {Sources} sources
 * @returns {Edge[]}
 */
export function edgesOf(sources) {
  const texts = Object.entries(sources).map(([path, text]) => /** @type {const} */ ([path, withoutComments(text)]));
  const definitions = definitionsOf(Object.fromEntries(texts));
  return texts.flatMap(([path, text]) => path.endsWith('.js')
    ? importsOf(path, text)
    : [...includesOf(path, text, sources), ...usesOf(path, text, definitions)]);
}

/**
 * The layer of a file: that of the innermost folder.
 *
 * @param {string} file
 * @param {Layer[]} layers
 */
export function layerOf(file, layers) {
  const around = layers.filter(({ path }) => file === path || file.startsWith(`${path}/`));
  return around.sort((a, b) => b.path.length - a.path.length)[0];
}

/**
 * The layers that a layer may use.
 *
 * @param {Layer} layer
 * @param {Layer[]} layers
 * @returns {Set<string>} their paths
 */
function below(layer, layers) {
  const found = new Set([layer.path]);
  for (const path of found) layers.find((other) => other.path === path)?.uses.forEach((used) => found.add(used));
  return found;
}

/**
 * The edges that go up or sideways: to another layer that is not below, or out of all layers.
 *
 * @param {Edge[]} edges
 * @param {Layer[]} layers
 */
export function forbidden(edges, layers) {
  return edges.filter(({ from, to }) => {
    const user = layerOf(from, layers), used = layerOf(to, layers);
    return !user || !used || !below(user, layers).has(used.path);
  });
}

/**
 * The folders that use each other in a circle, each circle as the folders on it.
 *
 * @param {Edge[]} edges
 * @returns {string[][]}
 */
export function circles(edges) {
  /** @type {Map<string, Set<string>>} */
  const graph = new Map();
  for (const [from, to] of edges.map(({ from, to }) => [dirname(from), dirname(to)])) {
    if (from !== to) graph.set(from, (graph.get(from) ?? new Set()).add(to));
  }
  const reachable = (/** @type {string} */ start) => {
    const found = new Set(graph.get(start));
    for (const folder of found) graph.get(folder)?.forEach((next) => found.add(next));
    return found;
  };
  const reach = new Map([...graph.keys()].map((folder) => [folder, reachable(folder)]));
  const found = [...graph.keys()].sort().filter((folder) => reach.get(folder)?.has(folder))
    .map((folder) => [...graph.keys()].sort()
      .filter((other) => reach.get(folder)?.has(other) && reach.get(other)?.has(folder)));
  return [...new Map(found.map((circle) => [circle.join(), circle])).values()];
}

/**
 * What a file imports that only Node has.
 *
 * @param {Sources} sources
 * @param {Layer[]} layers
 * @returns {string[]} the files that may not, with what they import
 */
export function nodeImports(sources, layers) {
  return Object.entries(sources).flatMap(([path, text]) => {
    if (!path.endsWith('.js') || layerOf(path, layers)?.node) return [];
    const names = withoutComments(text).matchAll(/(?:\bfrom|\bimport\(?)\s*'(node:[^']+)'/g);
    return [...names].map(([, name]) => `${path}: ${name}`);
  });
}
