#!/bin/sh
# The linter: the format of all sources, and clang-tidy for C. `scripts/lint.sh --fix` formats the C sources.
set -eu
cd "$(dirname "$0")/.."

fix=false
[ "${1:-}" = --fix ] && fix=true
failed=0

# The sources of the native build: the others need a sysroot for wasm, which clang-tidy does not have.
native=$(ls src/*/*.c | grep -vE '/(boundary/(spawn|main|exports|exceptions|fuel)|(hostlib|posix)/.*|port/(port_wasm|c_stack|switch_(asyncify|stacks|jspi)))\.c$')

# All sources, without third-party code.
sources=$(ls src/*.c src/*/*.c src/*/*.h src/*/*.hpp src/cplusplus/*.cc tests/native/*.c tests/native/*.h \
    tests/model/*.c tests/types/*.c tests/wasm/fixtures/*.c tests/wasm/fixtures/*.cc tests/wasm/fixtures/*.h examples/*.c examples/*/*.c bench/*.c)

if command -v clang-format >/dev/null; then
    if $fix; then
        clang-format -i $sources
    else
        clang-format --dry-run -Werror $sources || failed=1
    fi
else
    echo 'lint: clang-format is not installed: the format is not checked (apt install clang-format)'
fi

# clang-format checks this in the code of C alone, not in comments and texts.
columns=120
scripts=$(find js node web cli toolchain bench scripts tests/browser tests/cli tests/docs tests/examples tests/foreign tests/host \
    tests/native tests/programs tests/structure tests/wasm tests/package tests/types tests/bundlers tests/engines \
    -name node_modules -prune -o \( -name '*.js' -o -name '*.ts' \) -print)
long="^.{$((columns + 1)),}"
row='^[A-Z]*\.md:[0-9]*:|' # of a table, which cannot be wrapped
if LC_ALL=C.UTF-8 grep -nE "$long" $scripts $sources bench/*/*.c examples/*/*.mjs README.md CONTRIBUTING.md | grep -v "$row"; then
    echo "lint: these lines have more than $columns columns"
    failed=1
fi

if command -v clang-tidy >/dev/null; then
    noise=$(mktemp)
    clang-tidy --quiet $native tests/native/*.c tests/model/*.c -- \
        -std=c11 -D_GNU_SOURCE -DLULL_TEST -Isrc/include -Isrc -Itests/native 2>"$noise" || failed=1
    grep -v 'warnings\{0,1\} generated\.$' "$noise" >&2 || true
    rm -f "$noise"
else
    echo 'lint: clang-tidy is not installed: the C sources are not linted (apt install clang-tidy)'
fi

exit "$failed"
