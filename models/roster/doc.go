// Package roster reads the workbooks and text files in which units keep their
// cadres and enterprises, and turns them into typed rows. It knows the many
// ways such a file can be wrong and names every one of them by row and column,
// so that an official can correct the whole file at once.
//
// The package is pure over an io.Reader: it opens no file, asks no archive and
// never follows what a cell says. What only the archive can judge (unknown
// units, duplicates, check digits) is added by the import in models/store with
// the same Problem.
package roster
