package words

import "bangfu/api"

// Deputy names both whose hand and in whose place: 李某（代王某）.
func Deputy(deputy *api.DeputyView) string {
	if deputy == nil {
		return ""
	}
	name, absent := deputy.Name, deputy.For.Name
	if name == "" {
		name = string(deputy.Account)
	}
	if absent == "" {
		absent = string(deputy.For.ID)
	}
	return name + "（代" + absent + "）"
}
