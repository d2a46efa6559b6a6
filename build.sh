#!/usr/bin/env bash
# The project's commands. Each does all of its own set-up; Node 20 and npm are all that a machine has to have.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
Usage: ./build.sh COMMAND

  demo    build examples/wordcount.c and count this repository's own files with it, a task for each
  test    run the whole suite: types, format, native C under sanitizers, wasm in Node, the command
  docs    build the reference of the JavaScript API from its types: build/docs/index.html
  engines install what else the suite uses: Node 20 to 26, Deno, Bun, workerd, four bundlers, typedoc (1.2 GB, from npm)
  web     build the demo page in build/web, serve it on localhost, and print its address
  bench   measure, and print a table of ratios against baselines of the same run (--json for a file of figures)
  clean   remove what the commands above have made
  --help  this text

The C compiler is LLVM as an npm package: nothing else has to be installed. LULL_CC=emcc takes Emscripten.
TEXT
}

fail() {
  echo "build.sh: $1" >&2
  exit 1
}

# Node's packages, as the lock file has them: once, and again when it has changed.
setup() {
  command -v node >/dev/null || fail 'Node.js 20 or later is missing: https://nodejs.org, or apt-get install nodejs npm'
  command -v npm >/dev/null || fail 'npm is missing: it comes with Node.js, or apt-get install npm'
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || fail "this is Node.js $(node --version); lull needs 20 or later"
  if ! cmp -s package-lock.json node_modules/.lull-installed; then
    echo 'Installing the development packages from npm …' >&2
    npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >&2 ||
      fail 'npm could not install them: see above'
    cp package-lock.json node_modules/.lull-installed
  fi
}

# The packages of a folder that has its own.
install() {
  # In the locked versions, but not by `npm ci`: that also wants a lock for each platform of each optional package.
  npm install --no-save --prefix "$1" --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >&2 ||
    fail "npm could not install $1: see above"
}

# Packages that the suite uses where they are: too large for everybody.
engines() {
  install tests/engines
  install tests/bundlers
  install docs/reference
}

docs() {
  [ -d docs/reference/node_modules ] || install docs/reference
  docs/reference/node_modules/.bin/typedoc --options docs/reference/typedoc.json
}

demo() {
  local sources
  mapfile -t sources < <(find . \( -name node_modules -o -name .git -o -name build \) -prune -o -type f -print | LC_ALL=C sort)
  echo "Counting the lines, words and bytes of ${#sources[@]} files, a C task for each:"
  node cli/cli.js run examples/wordcount.c --stats -- --timeout 10 "${sources[@]#./}"
}

command=${1:---help}
[ $# -eq 0 ] || shift
case $command in
  # Not `setup && …`: bash does not stop at errors in what stands before &&.
  demo)
    setup
    demo
    ;;
  test)
    setup
    node scripts/test.js "$@"
    ;;
  docs)
    setup # the types of Node
    docs
    ;;
  engines) engines ;;
  web)
    setup
    node scripts/demo.js --serve "$@"
    ;;
  bench)
    setup
    node bench/run.js "$@"
    ;;
  clean) rm -rf node_modules build tests/engines/node_modules tests/bundlers/node_modules docs/reference/node_modules ;;
  --help | -h | help) usage ;;
  *)
    usage >&2
    fail "there is no command '$command'"
    ;;
esac
