// Package browse is what a person does in a browser, on the running trial
// program: its tests start the program and a Chromium, and click. It links
// nothing of the program.
package browse
