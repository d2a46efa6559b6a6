#!/usr/bin/env bash
# Install Emscripten 6 for the tests, from Debian sid, in a root of its own: $LULL_EMSCRIPTEN_6, or else
# /opt/lull-emscripten-6. Needs Debian, and root for debootstrap and chroot. What is there already stays.
set -euo pipefail
here=${LULL_EMSCRIPTEN_6:-/opt/lull-emscripten-6}
root=$here/root
[ ! -x "$here/emcc" ] || [ ! -x "$here/wasm-opt" ] || exit 0

command -v debootstrap >/dev/null || apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
if [ ! -x "$root/usr/bin/emcc" ]; then
  rm -rf "$root"
  mkdir -p "$here"
  log=$(debootstrap --variant=minbase --include=emscripten sid "$root" 2>&1) || {
    echo "$log" | tail -n 20 >&2
    exit 1
  }
fi

# lull reads the version there, beside emcc.
cp "$root/usr/share/emscripten/emscripten-version.txt" "$here/"
cat >"$here/emcc.new" <<'EMCC'
#!/usr/bin/env bash
# emcc in its root, with /tmp and the current folder: as they are outside, for this process alone.
root=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/root
export root
exec unshare --mount bash -c '
  set -e
  for folder in /tmp "$PWD"; do
    mkdir -p "$root$folder"
    mount --bind "$folder" "$root$folder"
  done
  mkdir -p "$root/proc"
  mount -t proc proc "$root/proc"
  exec chroot "$root" /usr/bin/env -i -C "$PWD" HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin EM_CACHE=/root/cache emcc "$@"
' emcc "$@"
EMCC
chmod +x "$here/emcc.new"

cat >"$here/wasm-opt" <<'WASM_OPT'
#!/usr/bin/env bash
# Its wasm-opt, on the libraries of its root, of which it needs nothing else.
root=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/root
libraries=$(dirname "$root"/usr/lib/*/libbinaryen.so)
exec "$libraries"/ld-linux*.so.* --library-path "$libraries" "$root/usr/bin/wasm-opt" "$@"
WASM_OPT
chmod +x "$here/wasm-opt"

# Its libraries, which it would otherwise make during the tests.
program=$(mktemp -d)
trap 'rm -rf "$program"' EXIT
echo 'int main(void) { return 0; }' >"$program/program.c"
(cd "$program" && EMCC_LOGGING=0 "$here/emcc.new" -O0 -sSTANDALONE_WASM program.c -o program.wasm >/dev/null 2>&1)
mv "$here/emcc.new" "$here/emcc"
