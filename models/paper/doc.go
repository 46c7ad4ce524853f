// Package paper turns a document in words into the files that an office prints,
// signs and keeps: docx in the layout of GB/T 9704-2012 and in that of a numbered
// brief, the same as PDF, and annex tables as xlsx.
//
// Everything here is a pure function: no clock, no chance, no database. The same
// document gives the same bytes, today and in ten years, on any machine; that is
// how an issued bulletin can be made again from its snapshot and compared.
//
// The measures of the standard are in layout.go, once, for docx and PDF alike.
package paper
