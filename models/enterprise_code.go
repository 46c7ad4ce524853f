package models

// ValidEnterpriseKey reports whether the key has the form of an organization
// code without its dash: nine characters, digits or capitals. Check digits are
// judged when the enterprise is registered.
func ValidEnterpriseKey(key EnterpriseKey) bool {
	if len(key) != 9 {
		return false
	}
	for _, c := range string(key) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
