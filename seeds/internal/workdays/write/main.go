// Command write prints seeds/workdays.yaml for the years that the holiday table
// of lunar-go knows and plans may need.
package main

import (
	"fmt"
	"os"

	"bangfu/seeds/internal/workdays"
)

func main() {
	if _, err := os.Stdout.Write(workdays.Write(2012, 2026)); err != nil {
		fmt.Fprintln(os.Stderr, "write calendar:", err)
		os.Exit(1)
	}
}
