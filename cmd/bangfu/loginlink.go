package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"bangfu/api/auth"
	"bangfu/cmd/internal/assembly"
	"bangfu/cmd/internal/settings"
	"bangfu/models"
	"bangfu/models/store"
)

type loginLinkCommand struct {
	Archive settings.Archive `embed:"" prefix:"archive-" group:"Archive"`

	Login     string        `arg:"" help:"Log-in name of the account."`
	Create    string        `help:"Open the account if it does not exist, as one of the three officers: system-officer, security-officer or auditor." placeholder:"ROLE"`
	Name      string        `help:"Name to open the account under."`
	Valid     time.Duration `help:"How long an unused link is good." default:"1h"`
	Opens     string        `help:"Path that the link leads to." default:"/"`
	PublicURL string        `name:"http-public-url" help:"How people reach the API from outside." default:"http://127.0.0.1:8080" env:"BANGFU_HTTP_PUBLIC_URL"`
}

// Run prints a link. There is no default password: whoever may run this
// command on the server may let the first officers in, and nobody else may.
func (c loginLinkCommand) Run(env *environment) error {
	return withArchive(env, c.Archive, func(archive *store.Archive) error {
		account, err := archive.AccountByLogin(env, c.Login)
		if errors.Is(err, store.ErrNotFound) {
			if c.Create == "" {
				return fmt.Errorf("there is no account %s; --create=system-officer opens one", c.Login)
			}
			account, err = c.open(env, archive)
		}
		if err != nil {
			return err
		}
		secret, err := archive.IssueLoginLink(env, account.ID, c.Opens, c.Valid)
		if err != nil {
			return err
		}
		fmt.Fprintln(env.out, assembly.LoginLink(c.PublicURL, secret))
		return nil
	})
}

// open opens an officer's account over the whole city. Every other account is
// opened in the program, where it is logged who did it.
func (c loginLinkCommand) open(env *environment, archive *store.Archive) (store.Account, error) {
	role := auth.Role(c.Create)
	if !role.Officer() {
		return store.Account{}, fmt.Errorf("an account is opened here for an officer only: %s", strings.Join(officers(), ", "))
	}
	city, err := archive.Unit(env, cityUnit)
	if errors.Is(err, store.ErrNotFound) {
		return store.Account{}, errors.New("the archive has no units yet: run `bangfu seed` first")
	}
	if err != nil {
		return store.Account{}, err
	}
	now := time.Now()
	opened := store.Account{ID: models.AccountID(uuid.NewString()), Login: c.Login, Name: c.Name}
	if err := archive.CreateAccount(env, opened, now); err != nil {
		return store.Account{}, err
	}
	if opened, err = archive.Account(env, opened.ID); err != nil {
		return store.Account{}, err
	}
	return opened, archive.AddGrant(env, store.Grant{
		ID: uuid.NewString(), Account: opened.ID, Role: c.Create, Unit: city.ID, Path: city.Path,
		By: models.SystemAccount, At: now,
	}, opened.Version)
}

// cityUnit is the root of the unit tree.
const cityUnit models.UnitID = "tj"

func officers() []string {
	var names []string
	for _, role := range auth.Roles() {
		if role.Officer() {
			names = append(names, string(role))
		}
	}
	slices.Sort(names)
	return names
}
