package store

import (
	"slices"
	"strings"

	"gorm.io/gorm"

	"bangfu/models"
)

// Reach is the part of the archive that somebody may see: everything, the units
// at and below some paths, and what is about some cadres. The zero value sees
// nothing. Every list and every single read applies it, so that both agree.
type Reach struct {
	All bool
	// Paths are unit paths that end in a slash, such as "/tj/120101/".
	Paths []string
	// Cadres are the caller as a cadre, and those for whom the caller stands in;
	// empty for accounts that are neither.
	Cadres []models.CadreID
}

// Everything is the reach of the system's own acts.
func Everything() Reach { return Reach{All: true} }

// Covers reports whether a row of the unit and cadre is within the reach.
func (r Reach) Covers(unitPath string, cadre models.CadreID) bool {
	if r.All || cadre != "" && slices.Contains(r.Cadres, cadre) {
		return true
	}
	for _, path := range r.Paths {
		if path != "" && strings.HasPrefix(unitPath, path) {
			return true
		}
	}
	return false
}

// scope is Covers as a gorm scope. cadreColumn is empty for tables whose rows
// are about no cadre.
func (r Reach) scope(pathColumn, cadreColumn string) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		if r.All {
			return db
		}
		conditions := []string{}
		var values []any
		for _, cadre := range r.Cadres {
			if cadre != "" && cadreColumn != "" {
				conditions = append(conditions, cadreColumn+" = ?")
				values = append(values, string(cadre))
			}
		}
		for _, path := range r.Paths {
			if path == "" {
				continue
			}
			condition, bounds := under(planned(db, pathColumn, path), path)
			conditions = append(conditions, condition)
			values = append(values, bounds...)
		}
		if len(conditions) == 0 {
			return db.Where("1 = 0")
		}
		return db.Where("("+strings.Join(conditions, " OR ")+")", values...)
	}
}

// planned keeps SQLite from walking the index of paths for a part of the tree
// that holds nearly everything, such as a whole city: the index of the list's
// order then finds the first rows at once. A sign before a column does that
// there; MySQL weighs the two by itself.
func planned(db *gorm.DB, column, path string) string {
	const city = 2 // slashes of "/tj/"
	if db.Name() == SQLite && strings.Count(path, "/") <= city {
		return "+" + column
	}
	return column
}

// under is the condition "the path starts with the prefix" as a range, which an
// index serves on both databases and which has no wildcard to escape.
func under(column, prefix string) (condition string, bounds []any) {
	return column + " >= ? AND " + column + " < ?", []any{prefix, successor(prefix)}
}

// successor is the least string that is greater than all that start with prefix.
func successor(prefix string) string {
	bytes := []byte(prefix)
	for i := len(bytes) - 1; i >= 0; i-- {
		// Unit paths are ASCII; 0x7f closes the range of one character.
		if bytes[i] < 0x7f {
			bytes[i]++
			return string(bytes[:i+1])
		}
	}
	return "\U0010ffff"
}
