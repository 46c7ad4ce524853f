package models

// Kind is the kind of help a goal asks for (指标项).
type Kind string

// The three goals of task 56 of the plan.
const (
	Introduce Kind = "introduce" // 引进
	Found     Kind = "found"     // 创办
	Transform Kind = "transform" // 转型
)

// Kinds are all kinds in the plan's order.
var Kinds = []Kind{Introduce, Found, Transform}

// Valid reports whether the kind is one of Kinds.
func (k Kind) Valid() bool { return k == Introduce || k == Found || k == Transform }

// Goal is one requirement of an obligation: so many credited records of a kind
// by a due date.
type Goal struct {
	Kind     Kind `json:"kind"`
	Required int  `json:"required"`
	// Due is the day whose end is the due instant, before suspensions are added.
	Due      Date `json:"due"`
	Exempted bool `json:"exempted,omitempty"`
}
