/** The members of an archive of object files (ar, in the forms of GNU and BSD). */

const MAGIC = '!<arch>\n';
const HEADER = 60;

/** @param {Uint8Array} bytes @returns {string} */
const latin = (bytes) => new TextDecoder('latin1').decode(bytes);

/**
 * The object files in a file, as views of it: its members, if it is an archive, else the file itself.
 *
 * @param {Uint8Array<ArrayBuffer>} file
 * @returns {{ name: string, contents: Uint8Array<ArrayBuffer> }[]} `name` is empty for the file itself
 */
export function objectsIn(file) {
  if (latin(file.subarray(0, MAGIC.length)) !== MAGIC) return [{ name: '', contents: file }];
  const members = [];
  let longNames = '';
  for (let at = MAGIC.length; at + HEADER <= file.length;) {
    const header = latin(file.subarray(at, at + HEADER));
    const size = Number(header.slice(48, 58));
    const start = at + HEADER;
    let contents = file.subarray(start, start + size);
    let name = header.slice(0, 16).trimEnd();
    if (name === '//') {
      longNames = latin(contents);
    } else if (name !== '/' && name !== '/SYM64/') {
      const [, offset] = /^\/(\d+)$/.exec(name) ?? [];
      const [, length] = /^#1\/(\d+)$/.exec(name) ?? [];
      if (offset) {
        name = longNames.slice(Number(offset)).split('\n', 1)[0];
      } else if (length) {
        name = latin(contents.subarray(0, Number(length))).replace(/\0+$/, '');
        contents = contents.subarray(Number(length));
      }
      members.push({ name: name.replace(/\/$/, ''), contents });
    }
    at = start + size + (size % 2);
  }
  return members;
}
