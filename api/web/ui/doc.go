// Package ui is what pages are made of: how dates, numbers and lights read, form
// fields with their faults, empty lists, tables that open their rows.
//
// Attributes that bangfu.js knows:
//
//	form[data-autosave=URL][data-draft=ID]  drafts saved as one types
//	form[data-draft=ID]                     what is typed kept in the browser under ID
//	form[data-upload]                       files dropped in, with progress
//	input[data-suggest=URL?q=]              suggestions, JSON {items:[{value,text,fill}]}
//	input[data-code=URL][data-verdict=ID]   a code judged when complete
//	[data-key=j]                            followed or pressed by a key
//	form[data-rows] input[data-row]         all rows, or a range with shift
//	button[data-confirm=question]           asked before it is sent
//	button[data-waiting=text]               what it says while its form is sent
//	[data-live=URL][hx-trigger*=changed]    asked for anew when the stream of page.Watch says so
//	[data-live-note=text]                   what it says while that stream is heard
//	[data-chart=ID of a JSON script]        a chart of ui.Chart
package ui
