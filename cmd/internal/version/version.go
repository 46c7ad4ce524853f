// Package version tells which program this is.
package version

import (
	"runtime"
	"runtime/debug"
)

// Number is set by the build (see the Makefile).
var Number = ""

// String is the number, or what the build recorded of the source.
func String() string {
	if Number != "" {
		return Number
	}
	build, known := debug.ReadBuildInfo()
	if !known {
		return "unknown"
	}
	for _, setting := range build.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return "unknown"
}

// Line is what `version` prints.
func Line() string {
	return "bangfu " + String() + " (" + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH + ")"
}
