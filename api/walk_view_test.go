package api

// viewRows: whoever reads duties keeps views of their own ledger; the three
// officers have none.
func viewRows() map[string]row {
	content := map[string]any{"name": "红灯", "terms": map[string][]string{"light": {"red"}}}
	changed := func(*walk, place) call {
		return call{values: map[string]string{"view": "absent"}, body: content}
	}
	return map[string]row{
		"list-views":  {any: business, granted: 200},
		"save-view":   {any: business, granted: 400, call: withBody(content)},
		"get-view":    {any: business, granted: 404, call: absent("view")},
		"edit-view":   {any: business, granted: 404, call: changed},
		"delete-view": {any: business, granted: 404, call: absent("view")},
		"get-trend": {any: business, granted: 200, call: func(*walk, place) call {
			return call{query: "plan=" + string(walkPlan)}
		}},
	}
}
