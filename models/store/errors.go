package store

import (
	"errors"

	"gorm.io/gorm"

	"bangfu/models"
)

// What every file of the archive answers with. Match them with errors.Is.
var (
	// ErrNotFound: no such row, or none that the caller's reach allows to see.
	ErrNotFound = errors.New("not found in the archive")
	// ErrNewerSchema: the database was migrated by a newer program.
	ErrNewerSchema = errors.New("the archive is of a newer version than this program")
	// ErrVersion: the row changed since it was read (optimistic lock lost).
	ErrVersion = errors.New("changed since it was read")
	// ErrDuplicate: the row, or its unique key, exists already.
	ErrDuplicate = errors.New("exists already in the archive")
	// ErrCursor: the page token is damaged, or was made for other filters.
	ErrCursor = errors.New("the page token does not belong to this list")
	// ErrNotEditable: the record is not in a state that its cadre may edit.
	ErrNotEditable = errors.New("the record cannot be edited in its present state")
)

// errLost: another transaction came between; the whole is tried again.
var errLost = errors.New("lost against another transaction")

// RefusedUnknownUnit refuses a transfer or enrolment to a unit that the archive
// does not know.
const RefusedUnknownUnit models.RefusalCode = "unit-unknown"

// duplicate reports whether a unique key refused the row.
func duplicate(err error) bool {
	return errors.Is(err, gorm.ErrDuplicatedKey) || errors.Is(err, ErrDuplicate)
}

// known turns gorm's words for "no row" and "unique key" into the archive's.
func known(err error) error {
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return ErrNotFound
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return ErrDuplicate
	default:
		return err
	}
}
