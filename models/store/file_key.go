package store

// Files are kept by the SHA-256 of their content, in lower-case hex: the same key
// means the same bytes, and whoever holds the archive finds and proves each file.

// EvidenceKey is where the content of evidence is kept.
func EvidenceKey(sha string) string { return contentKey(sha) }

// RosterKey is where the sheet of an import is kept. Imports of the same sheet
// share it.
func RosterKey(sha string) string { return "rosters/" + contentKey(sha) }

// BulletinFileKey is where a file of an issued bulletin is kept.
func BulletinFileKey(sha string) string { return "bulletins/" + contentKey(sha) }

// contentKey spreads files over folders, which some file systems need.
func contentKey(sha string) string {
	if len(sha) < 3 {
		return "sha256/" + sha
	}
	return "sha256/" + sha[:2] + "/" + sha[2:]
}
