package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// IssueLoginLink makes a log-in link for an account: good once, until the time
// is over, then opening a path of this server. The answer is the whole address.
func IssueLoginLink(ctx context.Context, archive *store.Archive, publicURL string, account models.AccountID, opens string, ttl time.Duration) (string, error) {
	secret, err := archive.IssueLoginLink(ctx, account, opens, ttl)
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(publicURL, "/") + Prefix + "/login-link/" + secret, nil
}

// mountLoginLinks serves the page behind a link. Looking at it changes nothing,
// since mail scanners and browsers fetch links ahead; the button logs in. It
// works without scripts.
func (s *server) mountLoginLinks(engine *gin.Engine) {
	const path = Prefix + "/login-link/:secret"
	engine.GET(path, func(c *gin.Context) {
		_, err := s.Archive.LoginLink(c.Request.Context(), c.Param("secret"), s.now())
		if err != nil {
			s.refuseLink(c, err)
			return
		}
		s.state(c, http.StatusOK, Statement{
			Title: "登录确认", Button: "登录",
			Sections: []Section{{Lines: []string{"点击下面的按钮登录。此链接只能使用一次。"}}},
		})
	})
	engine.POST(path, func(c *gin.Context) {
		opens, err := s.redeem(c)
		if err != nil {
			s.refuseLink(c, err)
			return
		}
		c.Redirect(http.StatusSeeOther, opens)
	})
}

func (s *server) redeem(c *gin.Context) (opens string, err error) {
	ctx := withSource(c.Request.Context(), sourceOf(c.Request))
	link, err := s.Archive.RedeemLoginLink(ctx, c.Param("secret"), s.now())
	if err != nil {
		return "", err
	}
	account, err := s.Archive.Account(ctx, link.Account)
	if err != nil {
		return "", fmt.Errorf("log in by link: %w", err)
	}
	entry := store.Access{Account: account.ID, Action: actionLoginLink, Object: Prefix + "/login-link", Status: http.StatusOK}
	if account.State != store.AccountActive {
		entry.Status = http.StatusGone
		s.writeAccess(ctx, entry)
		return "", store.ErrNotFound
	}
	if account.SecondFactor != "" {
		// A link stands for the password, not for the second factor.
		return "/login/code?next=" + url.QueryEscape(link.Opens), s.awaitCode(ctx, account.ID, byLink)
	}
	if err := s.openSession(ctx, account, byLink); err != nil {
		return "", err
	}
	s.writeAccess(ctx, entry)
	return link.Opens, nil
}

func (s *server) refuseLink(c *gin.Context, err error) {
	said := problem.Of(err)
	if errors.Is(err, store.ErrNotFound) {
		said = problem.New(problem.LinkInvalid)
	}
	if !strings.Contains(c.GetHeader("Accept"), "text/html") {
		writeProblem(c.Writer, c.Request, said)
		return
	}
	journeyOf(c.Request.Context()).cause = said.Unwrap()
	s.state(c, said.Status, Statement{Title: said.Title, Sections: []Section{{Lines: []string{said.Detail}}}})
}
