package words

import (
	"bangfu/api"
	"bangfu/api/web/page"
)

// Deputy names both whose hand and in whose place: 李某（代王某）.
func Deputy(deputy *api.DeputyView) string {
	if deputy == nil {
		return ""
	}
	name := deputy.Name
	if name == "" {
		name = string(deputy.Account)
	}
	return name + "（代" + page.NameOf(deputy.For) + "）"
}
