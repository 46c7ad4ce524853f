package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

type checkCommand struct {
	URL string `arg:"" name:"url" help:"Address of a health page, such as http://127.0.0.1:8080/readyz."`
}

// Run asks a health page. The image has no shell and no curl, so the program
// itself is what a container's health check runs.
func (c checkCommand) Run(env *environment) (err error) {
	ctx, cancel := context.WithTimeout(env, 4*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, http.NoBody)
	if err != nil {
		return fmt.Errorf("reading the address: %w", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("asking the health page: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 4096))
	if err != nil {
		return fmt.Errorf("reading the health page: %w", err)
	}
	fmt.Fprintln(env.out, strings.TrimSpace(string(body)))
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", answer.Status)
	}
	return nil
}
