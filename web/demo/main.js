/** The demo page, with three demos and the C source of each. */
import { startCrawler } from './crawler.js';
import { startInspector } from './inspect.js';
import { startParticles } from './particles.js';

const WORDS = [
  'break|case|const|continue|double|else|extern|float|for|if|int|long|return|sizeof|static|struct|uint8_t|uint32_t',
  'uintptr_t|size_t|void|while|char|bool|lull_\\w+|LULL_\\w+',
].join('|');

const COMMENT = '(?<comment>/\\*.*?\\*/)';

const TOKENS = new RegExp(`${COMMENT}|(?<string>"(?:\\\\.|[^"\\\\])*"|<\\w+\\.h>)|\\b(?<word>${WORDS})\\b`, 'gs');

const TAGS = /** @type {Record<string, string>} */ ({ comment: 'i', string: 'q', word: 'b' });

/** @param {string} text @param {Element} code */
function highlight(text, code) {
  let at = 0;
  for (const match of text.matchAll(TOKENS)) {
    code.append(text.slice(at, match.index));
    const kind = Object.keys(TAGS).find((name) => match.groups?.[name]) ?? 'word';
    const element = document.createElement(TAGS[kind]);
    element.textContent = match[0];
    code.append(element);
    at = match.index + match[0].length;
  }
  code.append(text.slice(at));
}

for (const details of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('details[data-source]'))) {
  details.addEventListener('toggle', async () => {
    const code = /** @type {Element} */ (details.querySelector('code'));
    const source = /** @type {string} */ (details.dataset.source);
    highlight(await (await fetch(source)).text(), code);
  }, { once: true });
}

await Promise.all([startParticles(), startCrawler(), startInspector()]);
document.documentElement.dataset.ready = 'true';
