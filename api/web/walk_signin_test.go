package web_test

import (
	"net/http"
	"net/url"
)

// signinRows: logging in and oneself, which is everybody's.
func signinRows() map[string]row {
	return map[string]row{
		"GET /login":                         {public: true, status: http.StatusSeeOther},
		"POST /login":                        {public: true, status: http.StatusUnauthorized, form: url.Values{"login": {"nobody"}, "password": {"wrong"}}},
		"GET /login/single-sign-on":          {public: true, status: http.StatusSeeOther},
		"GET /login/single-sign-on/callback": {public: true, status: http.StatusNotFound},
		"GET /login/code":                    {public: true},
		"POST /login/code":                   {public: true, status: http.StatusSeeOther, form: url.Values{"code": {"000000"}}},
		"GET /me/code":                       {signedIn: true},
		"POST /me/code":                      {signedIn: true, status: http.StatusConflict},
		"POST /me/code/confirm":              {signedIn: true, status: http.StatusNotFound, form: url.Values{"code": {"000000"}}},
		"POST /logout":                       {signedIn: true, status: http.StatusSeeOther, last: true},
		"GET /password":                      {signedIn: true},
		"POST /password":                     {signedIn: true, status: http.StatusUnprocessableEntity, form: url.Values{"password": {"short"}, "again": {"short"}}},
		"GET /me":                            {signedIn: true},
		"GET /me/sessions":                   {signedIn: true},
		"POST /me/sessions/:session/revoke":  {signedIn: true, status: http.StatusNotFound, thing: nothing("session")},
	}
}

// nothing fills a parameter with something that does not exist anywhere.
func nothing(parameter string) func(*walk, place) map[string]string {
	return func(*walk, place) map[string]string { return map[string]string{parameter: "absent"} }
}
