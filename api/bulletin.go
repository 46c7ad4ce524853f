package api

import (
	"time"

	"bangfu/models"
	"bangfu/models/inspection"
)

// BulletinLink names a bulletin.
type BulletinLink struct {
	Inspection string `json:"inspection" doc:"督查：计划.季度" example:"tianjin-2013.2013Q2"`
	Ordinal    int    `json:"ordinal" doc:"本次督查的第几份通报；第1份以后的是更正" example:"1"`
	// Number is absent until the bulletin is issued.
	Number string `json:"number,omitempty" doc:"发文字号；印发后才有" example:"津政督〔2013〕5号"`
}

// BulletinItemView is one bulletin as lists show it.
type BulletinItemView struct {
	BulletinLink
	Plan        models.PlanID `json:"plan" doc:"计划"`
	Quarter     Coded         `json:"quarter" doc:"季度"`
	Title       string        `json:"title" doc:"标题"`
	Stage       Coded         `json:"stage" doc:"办理环节：drafting 起草、commenting 征求意见、signing 会签、issued 已印发"`
	Year        int           `json:"year,omitempty" doc:"发文年份"`
	IssuedOn    models.Date   `json:"issuedOn,omitzero" format:"date" doc:"成文日期"`
	CommentsDue *time.Time    `json:"commentsDue,omitempty" doc:"征求意见截止时间"`
	Version     int64         `json:"version" doc:"文本的版本，即修改正文时的 If-Match"`
	Digest      string        `json:"digest" doc:"文本的 SHA-256，会签时写明"`
	// Corrects and CorrectedBy are absent where there is none.
	Corrects    *BulletinLink `json:"corrects,omitempty" doc:"所更正的通报"`
	CorrectedBy *BulletinLink `json:"correctedBy,omitempty" doc:"更正本通报的通报"`
}

// SegmentView is a stretch of a paragraph: words, or one figure.
type SegmentView struct {
	Text   string              `json:"text" doc:"文字"`
	Figure inspection.FigureID `json:"figure,omitempty" doc:"数据编号；普通文字没有此项" example:"f12"`
}

// ParagraphView is one paragraph as it is read and as it is edited.
type ParagraphView struct {
	Heading  bool          `json:"heading" doc:"是否二级标题"`
	Segments []SegmentView `json:"segments" doc:"依次为文字和数据"`
	// Editable holds the tokens that an edit sends back.
	Editable string `json:"editable,omitempty" doc:"可修改的文字，只给办理的人；数据写作 {{f12|36个}}，修改时原样保留"`
}

// BulletinSectionView is one chapter.
type BulletinSectionView struct {
	Code       inspection.SectionCode `json:"code" doc:"部分" example:"overall"`
	Title      string                 `json:"title" doc:"标题" example:"总体情况"`
	Paragraphs []ParagraphView        `json:"paragraphs" doc:"各段"`
}

// FigureView is one figure that the text may show.
type FigureView struct {
	ID         inspection.FigureID `json:"id" doc:"数据编号" example:"f12"`
	Text       string              `json:"text" doc:"正文所示" example:"36个"`
	Value      string              `json:"value" doc:"数值"`
	Unit       string              `json:"unit,omitempty" doc:"单位"`
	Topic      inspection.Topic    `json:"topic" doc:"类别"`
	Definition string              `json:"definition" doc:"口径"`
	Kept       bool                `json:"kept" doc:"修改时不得删去"`
	Used       bool                `json:"used" doc:"正文中有此数据"`
	Rows       string              `json:"rows" doc:"此数据所依据的固化数据的地址"`
}

// AnnexView is one table behind the bulletin.
type AnnexView struct {
	Code       inspection.AnnexCode `json:"code" doc:"附表代码"`
	Title      string               `json:"title" doc:"标题"`
	Restricted bool                 `json:"restricted" doc:"限内部：列有个人姓名，不随通报印发"`
	Columns    []ColumnView         `json:"columns" doc:"栏目"`
	Rows       []AnnexRowView       `json:"rows" doc:"各行"`
	Notes      []string             `json:"notes" doc:"表注"`
}

// ColumnView is the head of a column.
type ColumnView struct {
	Title   string `json:"title" doc:"栏目"`
	Numeric bool   `json:"numeric" doc:"是否数字"`
}

// AnnexRowView is one row of a table.
type AnnexRowView struct {
	Cells   []string `json:"cells" doc:"各栏"`
	Heading bool     `json:"heading,omitempty" doc:"是否组名"`
	Total   bool     `json:"total,omitempty" doc:"是否合计"`
}

// CommentView is what a unit said to a draft.
type CommentView struct {
	Unit UnitRef `json:"unit" doc:"单位"`
	// By is the name of the account.
	By   string    `json:"by" doc:"提出人"`
	At   time.Time `json:"at" doc:"时间"`
	Text string    `json:"text" doc:"意见"`
}

// SignatureView is one sign-off.
type SignatureView struct {
	By string    `json:"by" doc:"会签人"`
	At time.Time `json:"at" doc:"时间"`
}

// BulletinFileView is one file of the bulletin.
type BulletinFileView struct {
	Name  string `json:"name" doc:"文件名" example:"official.docx"`
	Title string `json:"title" doc:"名称" example:"公文格式（docx）"`
	Href  string `json:"href" doc:"下载地址"`
	// SHA256 is absent until the files of the issued bulletin are registered.
	SHA256 string `json:"sha256,omitempty" doc:"印发时登记的 SHA-256"`
	Size   int64  `json:"size,omitempty" doc:"字节数"`
}

// LetterheadView are the words around the text on paper.
type LetterheadView struct {
	Agency     string `json:"agency" doc:"发文机关标志" example:"天津市人民政府政务督查室文件"`
	Brief      string `json:"brief" doc:"简报名称" example:"督查通报"`
	Office     string `json:"office" doc:"署名机关" example:"天津市人民政府政务督查室"`
	Addressees string `json:"addressees" doc:"主送机关"`
	CopyTo     string `json:"copyTo,omitempty" doc:"抄送机关"`
	Printer    string `json:"printer" doc:"印发机关"`
}

// BulletinView is one bulletin with all that the caller may see of it.
type BulletinView struct {
	BulletinItemView
	CutOff         time.Time             `json:"cutOff" doc:"数据截止时间"`
	SnapshotDigest string                `json:"snapshotDigest" doc:"固化数据的 SHA-256"`
	Preamble       string                `json:"preamble" doc:"开头"`
	Note           string                `json:"note" doc:"附注"`
	Sections       []BulletinSectionView `json:"sections" doc:"正文各部分"`
	Figures        []FigureView          `json:"figures" doc:"正文可用的数据"`
	Annexes        []AnnexView           `json:"annexes" doc:"附表；列有个人姓名的只给有权查看的人"`
	Comments       []CommentView         `json:"comments" doc:"可见的意见：单位只见本单位的"`
	Signatures     []SignatureView       `json:"signatures" doc:"已会签的人"`
	SignaturesOf   int                   `json:"signaturesOf" doc:"须由几人会签"`
	Letterhead     LetterheadView        `json:"letterhead" doc:"版头和版记"`
	Files          []BulletinFileView    `json:"files" doc:"可下载的文件"`
	// Untold and Gone are for those who edit.
	Untold []BulletinSectionView `json:"untold,omitempty" doc:"数据已有而正文未写的句子，可放入正文"`
	Gone   []inspection.FigureID `json:"gone,omitempty" doc:"正文中已无依据的数据，应删去"`
	// Allowed are the operations that the caller may use now.
	Allowed  []string  `json:"allowed" doc:"现在可以办理的事项：redraft、edit、open-comments、comment、close-comments、ask-signatures、sign、recall、correct"`
	Units    []UnitRef `json:"units" doc:"可以代表其提出意见的单位"`
	Sequence int64     `json:"sequence" doc:"督查的最后一个事件的序号，即 ETag"`
}

// FigureRowsView are the frozen rows behind one figure.
type FigureRowsView struct {
	Figure  FigureView      `json:"figure" doc:"数据"`
	Columns []string        `json:"columns" doc:"栏目"`
	Rows    []FigureRowView `json:"rows" doc:"固化的各行"`
}

// FigureRowView is one frozen row.
type FigureRowView struct {
	Cells []string `json:"cells" doc:"各栏"`
	// Unit is whose row it is, for a link; absent for the city's.
	Unit    models.UnitID        `json:"unit,omitempty" doc:"单位代码"`
	Finding inspection.FindingID `json:"finding,omitempty" doc:"问题编号"`
	Task    int                  `json:"task,omitempty" doc:"任务"`
}

// VerifyStepView is one thing that was measured again.
type VerifyStepView struct {
	Code     string `json:"code" doc:"核对事项：snapshot、figures、text、chain、file" example:"snapshot"`
	Name     string `json:"name" doc:"名称"`
	Good     bool   `json:"good" doc:"是否一致"`
	Stated   string `json:"stated,omitempty" doc:"登记的值"`
	Measured string `json:"measured,omitempty" doc:"重新得出的值"`
	Detail   string `json:"detail" doc:"说明；不一致时指明何处"`
}

// BulletinVerifyView says item by item what was measured.
type BulletinVerifyView struct {
	BulletinLink
	Good  bool             `json:"good" doc:"全部一致"`
	At    time.Time        `json:"at" doc:"核对时间"`
	Steps []VerifyStepView `json:"steps" doc:"各项"`
}
