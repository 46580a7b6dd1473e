"""One file for each thing that is measured; `run(bench)` yields its comparisons."""
