package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrLocked says that another process works in the folder.
var ErrLocked = errors.New("another bangfu already works in this folder")

// LockFolder lets one process at a time work in a folder. The kernel gives the
// lock back when the process ends, however it ends, so that a kill -9 leaves
// nothing to clean up. The file itself stays: removing it would let two
// processes lock two files of one name.
func LockFolder(folder string) (release func() error, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder %s: %w", folder, reason(err))
	}
	name := filepath.Join(folder, "bangfu.lock")
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("writing in the folder %s: %w", folder, reason(err))
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w", folder, ErrLocked)
		}
		return nil, fmt.Errorf("locking the folder %s: %w", folder, err)
	}
	return file.Close, nil
}

// reason drops the path that the message around it names already.
func reason(err error) error {
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
