package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// ErrBusyPort says that another program already listens there.
var ErrBusyPort = errors.New("the port is in use")

// Listen opens a port and says in one line why it cannot.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	var configuration net.ListenConfig
	listener, err := configuration.Listen(ctx, "tcp", address)
	switch {
	case err == nil:
		return listener, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("listening on %s: %w", address, ErrBusyPort)
	default:
		return nil, fmt.Errorf("listening on %s: %w", address, rootOf(err))
	}
}

func rootOf(err error) error {
	var operation *net.OpError
	if errors.As(err, &operation) {
		return operation.Err
	}
	return err
}

// Serve serves on a listener until stop, and reports a server that ends by
// itself on failed.
func Serve(listener net.Listener, server *http.Server, failed chan<- error) {
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			select {
			case failed <- fmt.Errorf("serving HTTP on %s: %w", listener.Addr(), err):
			default:
			}
		}
	}()
}

// StopServing waits out the delay, so that load balancers notice, then lets
// requests in flight end. Those that do not are cut off.
func StopServing(server *http.Server, delay time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
		}
		if err := server.Shutdown(ctx); err != nil {
			return errors.Join(err, server.Close())
		}
		return nil
	}
}
