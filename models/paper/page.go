package paper

// letters is a piece of a line: where it begins in its row, and how it looks.
type letters struct {
	text string
	face face
	size float64
	// x is from the left of the area, y from the top of the row to the top of the letters.
	x, y float64
	// spread is added to the width of every character.
	spread float64
	red    bool
}

// rule is a straight line in a row.
type rule struct {
	x1, y1, x2, y2, thickness float64
	red                       bool
}

// row is what no page breaks: a line of text, or of a table.
type row struct {
	height  float64
	letters []letters
	rules   []rule
	// keep holds the row on one page with the next one.
	keep bool
	// header is repeated above the row when it begins a page.
	header []row
}

// placed is a row at its place on a page.
type placed struct {
	row
	top float64
}

// page is one page of the paper.
type page struct {
	landscape bool
	rows      []placed
	used      float64
}

// pages collects rows into pages.
type pages struct {
	all []*page
}

// begin opens a new page.
func (p *pages) begin(landscape bool) { p.all = append(p.all, &page{landscape: landscape}) }

func (p *pages) last() *page { return p.all[len(p.all)-1] }

func (p *page) room() float64 { return areaOf(p.landscape).height - p.used }

func (p *page) put(one row) {
	p.rows = append(p.rows, placed{row: one, top: p.used})
	p.used += one.height
}

// flow puts the rows one below the other, and on further pages of the same kind.
func (p *pages) flow(rows []row) {
	const tolerance = 0.01
	for len(rows) > 0 {
		count, height := 1, rows[0].height
		for rows[count-1].keep && count < len(rows) {
			height += rows[count].height
			count++
		}
		current := p.last()
		whole := areaOf(current.landscape).height + tolerance
		if height > whole {
			// More than a page can hold is not kept together.
			count, height = 1, rows[0].height
		}
		if height > current.room()+tolerance && current.used > 0 {
			p.begin(current.landscape)
			current = p.last()
			for _, one := range rows[0].header {
				if current.used+one.height+height <= whole {
					current.put(one)
				}
			}
		}
		for _, one := range rows[:count] {
			current.put(one)
		}
		rows = rows[count:]
	}
}

// close puts the rows at the foot of the last page that has an even number: the
// present one when it is even and has room.
func (p *pages) close(rows []row) (shared bool) {
	height := 0.0
	for _, one := range rows {
		height += one.height
	}
	shared = !p.last().landscape && len(p.all)%2 == 0 && p.last().room() >= height
	if !shared {
		p.begin(false)
		if len(p.all)%2 != 0 {
			p.begin(false)
		}
	}
	top := areaOf(false).height - height
	for _, one := range rows {
		p.last().rows = append(p.last().rows, placed{row: one, top: top})
		top += one.height
	}
	p.last().used = areaOf(false).height
	return shared
}
