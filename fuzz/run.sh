#!/bin/sh
# Runs every target for a while, one after the other: fuzz/run.sh [SECONDS each, 1200 unless told]. Needs a nightly compiler and
# cargo-fuzz. Corpora and findings stay in fuzz/corpus and fuzz/artifacts; the closing lines say how many executions were reached.
set -eu
cd "$(dirname "$0")/.."
seconds="${1:-1200}"
for target in segment posthog matomo plausible body journal; do
  mkdir -p "fuzz/corpus/$target"
  echo "== $target, $seconds s"
  nice -n 19 cargo +nightly fuzz run -s none "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
    -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=1500 -print_final_stats=1 2>&1 | tail -12
done
