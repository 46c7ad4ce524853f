// Package journey holds the tests that need everything at once: the programs, a
// real Temporal server and a real archive. It is one package so that one test
// binary links the server. See docs/operations.md for how to write the golden
// histories and docs/scale.md for the benchmarks.
package journey
