package activities

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/wneessen/go-mail"

	"bangfu/models"
)

// MailTLS says how the way to the mail server is guarded.
type MailTLS string

// The ways to the mail server.
const (
	// MailTLSRequired upgrades by STARTTLS or fails; it is the default.
	MailTLSRequired MailTLS = "required"
	// MailTLSImplicit speaks TLS from the first byte.
	MailTLSImplicit MailTLS = "implicit"
	// MailTLSNone sends in the clear, for a relay on the same machine.
	MailTLSNone MailTLS = "none"
)

// MailSettings name the mail server. Without a host nothing is mailed and notices
// are in-app only.
type MailSettings struct {
	Host     string
	Port     int
	TLS      MailTLS
	Username string
	Password string
	// From is the address of the sender, such as "bangfu@example.org".
	From string
	// Link is where the mail sends its reader: the address of the pages.
	Link string
	// PerSecond bounds the mails of one worker; 5 if zero.
	PerSecond float64
	// Timeout bounds one connection; 20 s if zero.
	Timeout time.Duration
}

// mailer sends digests by SMTP. A nil mailer means that there is no mail.
type mailer struct {
	settings MailSettings
}

func newMailer(settings MailSettings) (*mailer, error) {
	if settings.Host == "" {
		return nil, nil
	}
	if settings.From == "" {
		return nil, errors.New("mail: a host is set but no sender address")
	}
	if settings.TLS == "" {
		settings.TLS = MailTLSRequired
	}
	if settings.PerSecond <= 0 {
		settings.PerSecond = 5
	}
	if settings.Timeout <= 0 {
		settings.Timeout = 20 * time.Second
	}
	made := &mailer{settings: settings}
	if _, err := made.client(); err != nil {
		return nil, err
	}
	return made, nil
}

// client makes a client that is not connected yet.
func (m *mailer) client() (*mail.Client, error) {
	options := []mail.Option{mail.WithTimeout(m.settings.Timeout)}
	switch m.settings.TLS {
	case MailTLSRequired:
		options = append(options, mail.WithTLSPortPolicy(mail.TLSMandatory))
	case MailTLSImplicit:
		options = append(options, mail.WithSSLPort(false))
	case MailTLSNone:
		options = append(options, mail.WithTLSPortPolicy(mail.NoTLS))
	default:
		return nil, fmt.Errorf("mail: TLS is %q, not required, implicit or none", m.settings.TLS)
	}
	if m.settings.Port != 0 {
		options = append(options, mail.WithPort(m.settings.Port))
	}
	if m.settings.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover),
			mail.WithUsername(m.settings.Username), mail.WithPassword(m.settings.Password))
	}
	client, err := mail.NewClient(m.settings.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return client, nil
}

// letter is one person's digest of one day.
type letter struct {
	account models.AccountID
	day     models.Date
	address string
	notices int
}

// messageID is the same for every attempt, so that a mail sent twice around a
// crash is recognisable as one. It does not tell the account's name.
func (l letter) messageID(from string) string {
	sum := sha256.Sum256([]byte(string(l.account) + "\n" + l.day.String()))
	domain := "bangfu"
	for i := len(from) - 1; i >= 0; i-- {
		if from[i] == '@' {
			domain = from[i+1:]
			break
		}
	}
	return "digest." + l.day.String() + "." + hex.EncodeToString(sum[:12]) + "@" + domain
}

func (m *mailer) message(l letter) (*mail.Msg, error) {
	message := mail.NewMsg()
	if err := message.From(m.settings.From); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	if err := message.To(l.address); err != nil {
		return nil, fmt.Errorf("recipient: %w", err)
	}
	message.SetMessageIDWithValue(l.messageID(m.settings.From))
	message.SetDateWithValue(l.day.Start())
	message.SetBulk()
	message.Subject(fmt.Sprintf("帮扶工作每日提醒：%d 条（%s）", l.notices, l.day))
	text := fmt.Sprintf("您好：\r\n\r\n%s，您有 %d 条帮扶工作提醒待阅。\r\n", l.day, l.notices)
	if m.settings.Link != "" {
		text += "请登录系统查看：" + m.settings.Link + "\r\n"
	}
	text += "\r\n本邮件由系统自动发送，请勿回复。\r\n"
	message.SetBodyString(mail.TypeTextPlain, text)
	return message, nil
}

// mailConnection is one connection that serves a batch.
type mailConnection struct {
	mailer *mailer
	client *mail.Client
}

// connect reaches the mail server.
func (m *mailer) connect(ctx context.Context) (*mailConnection, error) {
	client, err := m.client()
	if err != nil {
		return nil, err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return nil, fmt.Errorf("reach the mail server: %w", err)
	}
	return &mailConnection{mailer: m, client: client}, nil
}

// errUnmailable: this letter will never be taken, others may.
var errUnmailable = errors.New("the mail server refuses this letter for good")

// send hands over one letter. errUnmailable is about the letter; any other error
// is about the server, and the letter is tried again.
func (c *mailConnection) send(l letter) error {
	message, err := c.mailer.message(l)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnmailable, err)
	}
	err = c.client.Send(message)
	var refused *mail.SendError
	if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
		return fmt.Errorf("%w: %w", errUnmailable, err)
	}
	if err != nil {
		return fmt.Errorf("send a digest: %w", err)
	}
	return nil
}

func (c *mailConnection) close() { _ = c.client.Close() }
